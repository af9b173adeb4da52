import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

PAGES = sys.argv[1]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        os.makedirs(PAGES, exist_ok=True)
        with open(os.path.join(PAGES, "today"), "ab") as page:
            page.write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.end_headers()


HTTPServer(("", 8000), Handler).serve_forever()
