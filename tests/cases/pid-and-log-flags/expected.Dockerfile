FROM debian:bookworm-slim
COPY server /usr/local/bin/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /var/log/server.log && chown 10001:10001 /var/log/server.log
USER 10001:10001
CMD ["server", "--pid", "/run/server.pid", "--log", "/var/log/server.log"]
