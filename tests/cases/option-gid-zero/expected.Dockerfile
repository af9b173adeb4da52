FROM debian:bookworm-slim
WORKDIR /app
COPY server /app/server
# Run as app (10001:0), not as root (CIS Docker Benchmark 4.1)
RUN useradd -l -m -u 10001 -g 0 app && chown 10001:0 /app
USER 10001:0
CMD ["/app/server"]
