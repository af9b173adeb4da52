import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

DATA = Path(os.environ["DATA_DIR"])
DATA.mkdir(parents=True, exist_ok=True)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with (DATA / "tally").open("a+") as tally:
            tally.write("|")
            tally.seek(0)
            text = tally.read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{len(text)}\n".encode())


HTTPServer(("", 8000), Handler).serve_forever()
