FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y redis-server
# Run as redis, not as root (CIS Docker Benchmark 4.1)
USER redis
WORKDIR /var/lib/redis
CMD ["redis-server", "--protected-mode", "no"]
