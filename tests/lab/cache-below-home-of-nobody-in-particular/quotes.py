"""Serves a quote of the day, which it keeps in a cache below the home of whoever runs it."""
import getpass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CACHE = Path("~/.cache/quotes").expanduser()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        kept = CACHE / "today"
        if not kept.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            kept.write_text(f"Less is more, said {getpass.getuser()}.\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(kept.read_bytes())


HTTPServer(("", 8000), Handler).serve_forever()
