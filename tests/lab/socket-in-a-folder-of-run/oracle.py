"""Answers on a socket, and keeps a log of the questions."""
import argparse
import logging
import os
import socketserver

arguments = argparse.ArgumentParser()
for name in "--socket", "--pid-file", "--log-file":
    arguments.add_argument(name, required=True)
arguments = arguments.parse_args()
logging.basicConfig(filename=arguments.log_file, level=logging.INFO)
with open(arguments.pid_file, "w") as pid:
    pid.write(f"{os.getpid()}\n")
if os.path.exists(arguments.socket):
    os.remove(arguments.socket)


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        logging.info("asked: %s", self.rfile.readline().decode().strip())
        self.wfile.write(b"perhaps\n")


socketserver.UnixStreamServer(arguments.socket, Handler).serve_forever()
