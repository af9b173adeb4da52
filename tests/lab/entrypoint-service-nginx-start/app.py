import socket

listener = socket.create_server(("127.0.0.1", 9000))
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello from behind\n")
    connection.close()
