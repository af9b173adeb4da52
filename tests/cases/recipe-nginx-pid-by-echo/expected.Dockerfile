FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y nginx-light && rm -rf /var/lib/apt/lists/*
RUN echo "error_log /srv/log/errors.log;" >> /etc/nginx/nginx.conf && sed -i 's/listen 80 /listen 8080 /; s/listen \[::\]:80 /listen [::]:8080 /' /etc/nginx/sites-available/default
EXPOSE 8080
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /srv/log && touch /run/nginx.pid && chown 33:33 /run/nginx.pid /srv/log && chown -R 33:33 /var/lib/nginx
USER 33:33
CMD ["nginx", "-g", "daemon off;"]
