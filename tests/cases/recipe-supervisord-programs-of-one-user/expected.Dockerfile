FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y supervisor nginx-light && rm -rf /var/lib/apt/lists/*
COPY site.conf /etc/nginx/sites-enabled/default
COPY web.conf /etc/supervisor/conf.d/web.conf
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN sed -i "s#/var/run/supervisor\.sock#/var/run/supervisor/supervisor.sock#" /etc/supervisor/supervisord.conf \
 && mkdir -p /run/supervisor \
 && touch /run/supervisord.pid /run/nginx.pid \
 && chown 33:33 /run/supervisor /var/log/supervisor /run/supervisord.pid /run/nginx.pid \
 && chown -R 33:33 /var/lib/nginx
USER 33:33
ENV HOME=/tmp
CMD ["supervisord", "-n"]
