FROM alpine:3.20 AS web
# Run as app (5000:5000), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 5000 app && adduser -D -u 5000 -G app app
USER 5000:5000
CMD ["sleep", "1d"]

FROM alpine:3.20 AS test
CMD ["sh"]
