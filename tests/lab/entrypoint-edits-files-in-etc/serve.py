"""Greets as /etc/site.ini says, and from where /etc/site.env says."""
import configparser
import http.server

config = configparser.ConfigParser()
config.read("/etc/site.ini")
text = config["site"]["greeting"] + " " + open("/etc/site.env").read()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


http.server.HTTPServer(("", 8000), Handler).serve_forever()
