FROM alpine:3.20 AS runtime
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app
USER 10001:10001
CMD ["sleep", "1d"]

FROM alpine:3.20 AS tools
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app
USER 10001:10001
CMD ["sh"]
