import mailbox
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

BOX = mailbox.Maildir(f"{sys.argv[1]}/letters")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        BOX.add(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(f"{len(BOX)}\n".encode())


HTTPServer(("", 8000), Handler).serve_forever()
