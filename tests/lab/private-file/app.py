import http.server

with open("/etc/signer/key.txt") as file:
    key = file.read()
print("key of", len(key), "bytes", flush=True)
http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
