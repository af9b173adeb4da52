FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y supervisor
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app \
 && sed -i "s#/var/run/supervisor\.sock#/var/run/supervisor/supervisor.sock#" /etc/supervisor/supervisord.conf \
 && mkdir -p /run/supervisor \
 && touch /run/supervisord.pid \
 && chown 10001:10001 /run/supervisor /var/log/supervisor /run/supervisord.pid
USER 10001:10001
CMD ["/usr/bin/supervisord", "-n"]
