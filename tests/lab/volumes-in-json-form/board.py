"""A board of notes in one volume, with a log in another."""
from http.server import BaseHTTPRequestHandler, HTTPServer

LOG = open("/var/log/board/board.log", "a", buffering=1)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        with open("/var/lib/board/notes.txt", "a+b") as notes:
            notes.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\n")
            notes.seek(0)
            body = notes.read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *args):
        LOG.write(text % args + "\n")


HTTPServer(("", 8000), Handler).serve_forever()
