FROM alpine:3.21
EXPOSE 443
USER 10001:10001
CMD ["busybox", "httpd", "-f", "-p", "443", "-h", "/etc"]
