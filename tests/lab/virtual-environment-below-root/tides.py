import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"high at noon, says {sys.prefix}\n".encode())


HTTPServer(("", 8000), Handler).serve_forever()
