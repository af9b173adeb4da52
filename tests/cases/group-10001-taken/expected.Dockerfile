FROM alpine:3.21
RUN addgroup -g 10001 other
COPY server /usr/local/bin/server
# Run as app (10002:10002), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10002 app && adduser -D -u 10002 -G app app
USER 10002:10002
CMD ["server"]
