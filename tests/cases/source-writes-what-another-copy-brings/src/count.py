import time

while True:
    visits = int(open("visits.txt").read())
    with open("visits.txt", "w") as file:
        file.write(str(visits + 1))
    time.sleep(1)
