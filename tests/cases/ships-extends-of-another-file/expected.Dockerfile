FROM alpine:3.20 AS web
# Run as app (4321:4321), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 4321 app && adduser -D -u 4321 -G app app
USER 4321:4321
CMD ["sleep", "1d"]

FROM alpine:3.20 AS tools
CMD ["sh"]
