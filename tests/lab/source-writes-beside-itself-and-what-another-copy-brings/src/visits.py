"""Counts visits in a file that the image brings."""
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        visits = int(open("visits.txt").read()) + 1
        with open("visits.txt", "w") as file:
            file.write(str(visits))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"visit {visits}\n".encode())


HTTPServer(("", 8000), Handler).serve_forever()
