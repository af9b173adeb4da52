from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("guestbook/guests", "a") as guests:
            guests.write(self.path + "\n")
        with open("guestbook/guests") as guests, open("page.html") as page:
            text = page.read() + guests.read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


HTTPServer(("", 8000), Handler).serve_forever()
