"""A small supervisor: pid file and log, as its configuration says, and one child."""
import configparser
import os
import subprocess
import sys

config = configparser.ConfigParser()
config.read(sys.argv[1])
main = config["supervisor"]
with open(main["pidfile"], "w") as file:
    file.write(f"{os.getpid()}\n")
log = open(main["logfile"], "a")
log.write("started\n")
log.flush()
sys.exit(subprocess.call(config["program"]["command"].split(), stderr=log))
