"""Counts visits in a file that is www-data's, and says who it is."""
import getpass
import http.server
import os
import pwd

FILE = "/srv/app/data/visits"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(FILE, "a") as file:
            file.write(".")
        text = f"{os.path.getsize(FILE)} visits to {pwd.getpwuid(os.getuid()).pw_name}\n"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


print("serving as", getpass.getuser(), flush=True)
http.server.HTTPServer(("", 8000), Handler).serve_forever()
