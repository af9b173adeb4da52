FROM alpine:3.21
RUN mkdir -p /etc/probe && echo secret > /etc/probe/token && chmod 600 /etc/probe/token
EXPOSE 8080
USER 10001:10001
HEALTHCHECK CMD test -n "$(cat /etc/probe/token)" && wget -qO- http://127.0.0.1:8080/hostname
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/etc"]
