"""A guestbook: GET lists the entries, POST adds one."""
import sqlite3
from http.server import BaseHTTPRequestHandler, HTTPServer

db = sqlite3.connect("guestbook.db")
db.execute("CREATE TABLE IF NOT EXISTS entries (text TEXT)")
db.commit()


class Guestbook(BaseHTTPRequestHandler):
    def do_GET(self):
        rows = db.execute("SELECT text FROM entries").fetchall()
        self.answer(200, "\n".join(text for (text,) in rows))

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        db.execute("INSERT INTO entries VALUES (?)", (text.decode(),))
        db.commit()
        self.answer(201, "thank you\n")

    def answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


print("guestbook on port 5000")
HTTPServer(("", 5000), Guestbook).serve_forever()
