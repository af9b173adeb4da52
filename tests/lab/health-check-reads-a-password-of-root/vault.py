"""A vault that opens for whoever knows the password, and a way to ask it."""
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

if sys.argv[1:2] == ["--ask"]:
    request = urllib.request.Request("http://127.0.0.1:8000/", headers={"Password": sys.argv[2]})
    sys.exit(urllib.request.urlopen(request).status != 200)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers["Password"] == "open sesame" else 403)
        self.end_headers()


HTTPServer(("", 8000), Handler).serve_forever()
