"""Makes its pid file in a way that fails when there is one."""
import http.server
import os

path = os.sep.join(["", "run", "worker" + ".pid"])
with open(path, "x") as file:
    file.write(f"{os.getpid()}\n")
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
