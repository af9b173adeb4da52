"""convert.py NUMBER OUTPUT: writes the number in binary and in hexadecimal."""
import sys

if len(sys.argv) != 3:
    sys.exit(__doc__)
number = int(sys.argv[1])
with open(sys.argv[2], "w") as output:
    print(bin(number), hex(number), file=output)
print("written", sys.argv[2])
