import http.client
import socket

connection = http.client.HTTPConnection("localhost")
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect("/run/echo.sock")
connection.request("GET", "/hello")
print(connection.getresponse().read().decode(), end="")
