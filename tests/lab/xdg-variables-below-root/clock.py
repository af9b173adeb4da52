"""Tells the zone from its settings, and counts in its cache how often."""
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

SETTINGS = os.path.join(os.environ["XDG_CONFIG_HOME"], "clock", "clock.conf")
COUNT = os.path.join(os.environ["XDG_CACHE_HOME"], "clock", "count")
with open(SETTINGS) as settings:
    ZONE = settings.read().split()[-1]
os.makedirs(os.path.dirname(COUNT), exist_ok=True)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(COUNT, "a+") as count:
            count.write(".")
            count.seek(0)
            text = f"{ZONE} {len(count.read())}\n"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


HTTPServer(("", 8000), Handler).serve_forever()
