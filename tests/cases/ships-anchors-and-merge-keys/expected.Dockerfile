FROM alpine:3.20 AS web
# Run as app (3456:3456), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 3456 app && adduser -D -u 3456 -G app app
USER 3456:3456
CMD ["sleep", "1d"]

FROM alpine:3.20 AS worker
# Run as app (3456:3456), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 3456 app && adduser -D -u 3456 -G app app
USER 3456:3456
CMD ["sleep", "2d"]

FROM alpine:3.20 AS test
CMD ["sh"]
