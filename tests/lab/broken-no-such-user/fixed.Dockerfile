FROM alpine:3.21
EXPOSE 8080
USER web
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/etc"]
