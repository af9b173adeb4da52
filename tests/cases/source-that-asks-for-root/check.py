import os, sys
if os.geteuid() != 0:
    sys.exit("run me as root")
print("fine")
