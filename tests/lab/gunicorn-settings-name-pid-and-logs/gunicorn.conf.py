bind = "0.0.0.0:8000"
workers = 1
pidfile = "/run/site.pid"
accesslog = "/var/log/site/access.log"
errorlog = "/var/log/site/error.log"
