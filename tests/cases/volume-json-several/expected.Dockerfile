FROM alpine:3.21
COPY server /usr/local/bin/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app \
 && mkdir -p /data /var/log/server /config \
 && chown 10001:10001 /data /var/log/server /config
VOLUME ["/data", "/var/log/server"]
VOLUME /config
USER 10001:10001
CMD ["server"]
