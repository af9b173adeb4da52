FROM alpine:3.21
COPY server /usr/local/bin/server
COPY --chown=10001:10001 --chmod=744 entry.sh /entry.sh
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app
USER 10001:10001
ENTRYPOINT ["/entry.sh", "server"]
