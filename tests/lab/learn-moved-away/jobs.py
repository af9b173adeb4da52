"""Moves jobs through folders whose names it takes from a table."""
import http.server
import os

home = os.path.join(os.sep, *"opt jobs spool".split())
for stage in ("new", "done"):
    os.makedirs(os.path.join(home, stage), exist_ok=True)
with open(os.path.join(home, "new", "1"), "w") as file:
    file.write("probe")
os.rename(os.path.join(home, "new", "1"), os.path.join(home, "done", "1"))
print("spool is fine", flush=True)
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
