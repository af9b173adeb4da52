"""Serves a map, and keeps a journal of what was asked for beside the tiles."""
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("journal.txt", "a") as journal:
            journal.write(self.path + "\n")
        with open("tiles/world", "rb") as tile:
            tile.seek(int(self.path[1:]))
            body = tile.read(16).hex().encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("", 8000), Handler).serve_forever()
