"""Answers from memory and saves its table again and again."""
import http.server
import json
import os
import threading
import time

TABLE = {"started": time.time()}


def save():
    while True:
        time.sleep(2)
        try:
            with open("/var/lib/table/table.json", "w") as file:
                json.dump(TABLE, file)
        except OSError as error:
            # A table that cannot be saved is worth nothing.
            print("save failed:", error.strerror, flush=True)
            os._exit(70)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(TABLE).encode())


threading.Thread(target=save, daemon=True).start()
http.server.HTTPServer(("", 8000), Handler).serve_forever()
