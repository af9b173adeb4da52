# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
COPY --chown=10001:10001 --chmod=u=rwx,go= server /usr/local/bin/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["/usr/local/bin/server"]
