import os
import serial

port = serial.Serial(os.getenv("PORT", "COM1"), 9600)
while True:
    print(port.readline(), flush=True)
