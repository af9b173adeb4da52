FROM alpine:3.21
EXPOSE 80
USER 10001:10001
CMD ["busybox", "httpd", "-f", "-p", "80", "-h", "/etc"]
