"""Greets as /etc/site/site.conf says."""
import configparser
import http.server

config = configparser.ConfigParser()
config.read("/etc/site/site.conf")
site = config["site"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(site["greeting"].encode())


http.server.HTTPServer(("", int(site["port"])), Handler).serve_forever()
