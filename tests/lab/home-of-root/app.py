"""Keeps a cache where caches belong."""
import http.server
import os
import pathlib

cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))) / "thumbs"
cache.mkdir(parents=True, exist_ok=True)
(cache / "1.png").write_bytes(b"\x89PNG")
print("cache is warm", flush=True)
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
