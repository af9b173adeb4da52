FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y nginx-light && rm -rf /var/lib/apt/lists/*
RUN sed -i 's#/var/log/nginx#/srv/weblog#' /etc/nginx/nginx.conf
EXPOSE 8080
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN touch /run/nginx.pid && chown 33:33 /run/nginx.pid && chown -R 33:33 /var/lib/nginx
USER 33:33
CMD ["nginx", "-g", "daemon off;"]
