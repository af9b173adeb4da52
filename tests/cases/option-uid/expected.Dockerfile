FROM alpine:3.21
WORKDIR /app
COPY server /app/server
# Run as app (20000:20000), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 20000 app && adduser -D -u 20000 -G app app && chown 20000:20000 /app
USER 20000:20000
CMD ["/app/server"]
