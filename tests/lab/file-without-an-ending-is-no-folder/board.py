from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("/srv/board/visitors", "a") as visitors:
            visitors.write(self.path + "\n")
        with open("/srv/board/visitors") as visitors:
            count = len(visitors.readlines())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"visitor {count}\n".encode())


HTTPServer(("", 8000), Handler).serve_forever()
