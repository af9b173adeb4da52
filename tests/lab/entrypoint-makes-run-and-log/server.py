"""Answers, with a pid file, a log, and an access log that is a link."""
import http.server
import os

with open("/var/run/notes/notes.pid", "w") as file:
    file.write(str(os.getpid()))
with open("/var/log/notes.log", "a") as file:
    file.write("started\n")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("/var/lib/notes/spool/last", "w") as file:
            file.write(self.path)
        with open("/var/log/notes/access.log", "w") as file:
            file.write(f"asked for {self.path}\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello\n")


http.server.HTTPServer(("", 8000), Handler).serve_forever()
