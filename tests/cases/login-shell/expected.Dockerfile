FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*
COPY site.conf /etc/nginx/sites-enabled/default
EXPOSE 8080
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN touch /run/nginx.pid && chown 33:33 /run/nginx.pid && chown -R 33:33 /var/lib/nginx
USER 33:33
CMD ["bash","-lc","exec nginx -g 'daemon off;'"]
