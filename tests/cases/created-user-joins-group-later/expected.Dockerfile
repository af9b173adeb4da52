FROM debian:bookworm-slim
RUN groupadd -g 4100 media && useradd -u 4000 -m web
RUN usermod -aG media web
COPY server /usr/local/bin/server
# Run as web, not as root (CIS Docker Benchmark 4.1)
USER web
CMD ["server"]
