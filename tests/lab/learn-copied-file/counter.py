"""Rewrites its settings at each start, as programs do that migrate them."""
import http.server
import json
import sysconfig

path = "/".join(["", "etc", "counter" + sysconfig.get_config_var("EXE"), "settings.json"])
with open(path) as file:
    settings = json.load(file)
settings["starts"] += 1
with open(path, "w") as file:
    json.dump(settings, file)
print("start", settings["starts"], flush=True)
http.server.HTTPServer(("", settings["port"]), http.server.SimpleHTTPRequestHandler).serve_forever()
