FROM alpine:3.21
COPY --chmod=0700 entry.sh /usr/local/bin/entry
EXPOSE 8080
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/entry"]
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/etc"]
