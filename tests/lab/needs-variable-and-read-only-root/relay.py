"""Spools what it is sent in a temporary folder and answers with its region."""
import os
import socketserver
import tempfile

region = os.environ["REGION"]
spool = tempfile.mkdtemp(prefix="relay-")


class Relay(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline()
        with open(os.path.join(spool, "last"), "wb") as last:
            last.write(line)
        self.wfile.write(f"spooled in {region}\n".encode())


socketserver.TCPServer(("", 8443), Relay).serve_forever()
