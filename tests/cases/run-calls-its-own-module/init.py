import sqlite3
sqlite3.connect("hits.db").execute("create table hits (at text)")
