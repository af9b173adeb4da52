import sqlite3
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with sqlite3.connect("ledger.db") as ledger:
            ledger.execute("create table if not exists visit (path text)")
            ledger.execute("insert into visit values (?)", (self.path,))
            (count,) = ledger.execute("select count(*) from visit").fetchone()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"visit {count}\n".encode())


HTTPServer(("", 8000), Handler).serve_forever()
