import logging.config
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

os.makedirs("/var/log/forecast", exist_ok=True)
logging.config.fileConfig("logging.ini")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"rain\n")

    def log_message(self, text, *args):
        logging.info(text, *args)


HTTPServer(("", 8000), Handler).serve_forever()
