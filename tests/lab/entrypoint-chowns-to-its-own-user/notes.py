"""A page per note, kept in /data/pages."""
import http.server
import pathlib

PAGES = pathlib.Path("/data/pages")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        length = int(self.headers["Content-Length"])
        (PAGES / self.path.strip("/")).write_bytes(self.rfile.read(length))
        self.answer(b"kept\n")

    def do_GET(self):
        self.answer((PAGES / self.path.strip("/")).read_bytes())

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)


http.server.HTTPServer(("", 8000), Handler).serve_forever()
