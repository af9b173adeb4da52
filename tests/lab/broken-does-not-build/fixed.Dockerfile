FROM alpine:3.21
RUN useradd --system --uid 10001 web
EXPOSE 8080
USER web
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/etc"]
