from shutil import copyfile
copyfile('server.py','reports/ok')
