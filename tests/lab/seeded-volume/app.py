"""Adds itself to the users of the store."""
import http.server
import json
import os

store = os.path.join(os.environ["STORE_DIR"], "store.json")
with open(store) as file:
    data = json.load(file)
data["users"].append("app")
with open(store, "w") as file:
    json.dump(data, file)
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
