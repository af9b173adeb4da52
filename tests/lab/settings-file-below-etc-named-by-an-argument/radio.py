import argparse
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("--settings", required=True)
FILE = parser.parse_args().settings


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        with open(FILE, "w") as settings:
            json.dump({"station": int(self.path[1:])}, settings)
        self.do_GET()

    def do_GET(self):
        with open(FILE) as settings:
            text = settings.read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


HTTPServer(("", 8000), Handler).serve_forever()
