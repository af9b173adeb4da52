FROM debian:bookworm-slim
RUN useradd -u 4001 worker && useradd -u 4002 web
COPY server /usr/local/bin/server
# Run as worker (4001:4001), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/worker && chown 4001:4001 /home/worker
USER 4001:4001
CMD ["server"]
