import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "hits"), "a") as hits:
            hits.write(self.path + "\n")
        self.send_response(204)
        self.end_headers()


HTTPServer(("", 8000), Handler).serve_forever()
