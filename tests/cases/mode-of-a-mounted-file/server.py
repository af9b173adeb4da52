def work():
    return open('server.key').read()

import http.server
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(s):
        try: out, code = str(work()), 200
        except Exception as e: out, code = repr(e), 500
        s.send_response(code); s.end_headers(); s.wfile.write(out.encode())
http.server.ThreadingHTTPServer(('', 8000), H).serve_forever()

