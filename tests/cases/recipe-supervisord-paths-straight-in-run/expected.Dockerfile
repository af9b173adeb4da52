FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y supervisor python3 && rm -rf /var/lib/apt/lists/*
COPY supervisord.conf /etc/supervisor/conf.d/supervisord.conf
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app \
 && mkdir -p /var/run/supervisor /var/log/supervisor \
 && touch /var/run/supervisord.pid \
 && chown 10001:10001 /var/run/supervisord.pid /var/run/supervisor /var/log/supervisor
USER 10001:10001
CMD ["/usr/bin/supervisord", "-c", "/etc/supervisor/conf.d/supervisord.conf"]
