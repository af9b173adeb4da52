FROM debian:bookworm-slim
RUN useradd -u 4001 worker && useradd -u 4002 -m web
COPY server /usr/local/bin/server
# Run as web (4002:4002), not as root (CIS Docker Benchmark 4.1)
USER 4002:4002
CMD ["server"]
