FROM alpine:3.21
RUN addgroup -g 4000 web && adduser -D -u 4000 -G web web
COPY server /usr/local/bin/server
# Run as web, not as root (CIS Docker Benchmark 4.1)
USER web
CMD ["server"]
