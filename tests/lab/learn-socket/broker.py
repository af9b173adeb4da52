"""Listens on a socket in /run, whose name it puts together."""
import os
import socket

path = os.sep.join(["", "run", "broker" + ".sock"])
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen()
print("ready", flush=True)
while True:
    server.accept()
