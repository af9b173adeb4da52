FROM alpine:3.21
WORKDIR /app
COPY server /app/server
# Run as app (10001:0), not as root (CIS Docker Benchmark 4.1)
RUN adduser -D -u 10001 -G root app && chown 10001:0 /app
USER 10001:0
CMD ["/app/server"]
