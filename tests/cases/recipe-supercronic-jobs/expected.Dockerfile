FROM debian:bookworm-slim
COPY supercronic /usr/local/bin/supercronic
COPY crontab /etc/jobs
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /var/lib/clock && chown 10001:10001 /var/lib/clock
USER 10001:10001
CMD ["supercronic", "/etc/jobs"]
