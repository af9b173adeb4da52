import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(f"{sys.argv[1]}/orders", "a") as orders:
            orders.write(self.path + "\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"one loaf\n")


HTTPServer(("", 8000), Handler).serve_forever()
