"""Writes an index beside its data."""
import http.server
import pathlib

data = pathlib.Path(__file__).resolve().parent.parent / "data"
words = sorted((data / "index.txt").read_text().split())
(data / "index.sorted").write_text("\n".join(words))
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
