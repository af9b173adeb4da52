FROM debian:bookworm-slim
WORKDIR /app
RUN mkdir -p /app/uploads /var/log/app
COPY server .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app /app/uploads && chown -R 10001:10001 /var/log/app
USER 10001:10001
CMD ["./server"]
