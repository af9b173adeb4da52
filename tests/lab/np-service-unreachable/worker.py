import socket

server = socket.create_connection(("queue", 5672), timeout=2)
server.sendall(b"ready\n")
