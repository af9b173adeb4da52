"""Does not start twice, says its pid file."""
import http.server
import os
import sys

FILE = "/run/server.pid"
if os.path.exists(FILE) and open(FILE).read().strip():
    sys.exit(f"{FILE}: is there already")
with open(FILE, "w") as file:
    file.write(str(os.getpid()))
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
