FROM debian:bookworm-slim
WORKDIR /app
COPY server /app/server
# Run as svc (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 svc && useradd -l -m -u 10001 -g svc svc && chown 10001:10001 /app
USER 10001:10001
CMD ["/app/server"]
