FROM alpine:3.21
COPY server /usr/local/bin/
# Start as root, and step down to app (10001:10001) (CIS Docker Benchmark 4.1)
RUN apk add --no-cache su-exec && addgroup -g 10001 app && adduser -D -u 10001 -G app app && mkdir -p /data && chown 10001:10001 /data
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["server"]
