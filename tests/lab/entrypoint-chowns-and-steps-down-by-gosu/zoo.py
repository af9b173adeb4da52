from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CAGES = Path("/var/lib/zoo/cages")


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        (CAGES / self.path.strip("/")).write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join(sorted(cage.name for cage in CAGES.iterdir())).encode())


HTTPServer(("", 8000), Handler).serve_forever()
