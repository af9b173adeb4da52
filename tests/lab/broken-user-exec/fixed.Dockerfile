FROM alpine:3.21
RUN mkdir -p /srv/uploads
EXPOSE 8080
USER 10001:10001
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv/uploads"]
