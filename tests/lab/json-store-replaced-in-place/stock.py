"""Keeps what is in stock in stock.json, which a new file replaces at each change."""
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STORE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stock.json")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(STORE) as store:
            self.answer(200, store.read())

    def do_PUT(self):
        with open(STORE) as store:
            stock = json.load(store)
        stock[self.path[1:]] = int(self.rfile.read(int(self.headers["Content-Length"])))
        with open(STORE + ".new", "w") as new:
            json.dump(stock, new)
        os.replace(STORE + ".new", STORE)
        self.answer(201, "stored")

    def answer(self, code, text):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
