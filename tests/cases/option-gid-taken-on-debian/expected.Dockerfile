FROM debian:bookworm-slim
WORKDIR /app
COPY server /app/server
# Run as app (10001:33), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 33 app && useradd -l -m -u 10001 -g app app && chown 10001:33 /app
USER 10001:33
CMD ["/app/server"]
