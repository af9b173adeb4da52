FROM alpine:3.21
COPY server /server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app && touch /server.lock && chown 10001:10001 /server.lock
USER 10001:10001
CMD ["/server"]
