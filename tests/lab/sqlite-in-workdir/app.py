"""A table of visits in a database beside the program."""
import http.server
import os
import sqlite3

base = os.path.dirname(os.path.abspath(__file__))
db = sqlite3.connect(os.path.join(base, "db.sqlite3"))
db.execute("create table if not exists visits (at text)")
db.execute("insert into visits values (datetime('now'))")
db.commit()
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
