FROM alpine:3.21
EXPOSE 8080
USER 0:10001
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/etc"]
