FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y nginx-light && rm -rf /var/lib/apt/lists/*
COPY garden.conf /etc/nginx/sites-enabled/default
RUN mkdir -p /srv/garden && nginx -t
EXPOSE 8080
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /var/log/garden /var/cache/garden \
 && touch /run/nginx.pid /var/log/garden/access.log \
 && chown 33:33 /srv/garden /run/nginx.pid /var/log/garden/access.log \
 && chown -R 33:33 /var/lib/nginx /var/log/nginx/access.log /var/log/nginx/error.log /var/cache/garden
USER 33:33
CMD ["nginx", "-g", "daemon off;"]
