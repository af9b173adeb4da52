FROM debian:bookworm-slim
RUN groupadd -g 4000 other && useradd -u 4000 -m web
COPY server /usr/local/bin/server
# Run as web, not as root (CIS Docker Benchmark 4.1)
USER web
CMD ["server"]
