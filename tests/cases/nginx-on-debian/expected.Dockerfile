FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y nginx
COPY site.conf /etc/nginx/conf.d/default.conf
EXPOSE 80
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN touch /run/nginx.pid && chown 33:33 /run/nginx.pid && chown -R 33:33 /var/lib/nginx
USER 33:33
CMD ["nginx", "-g", "daemon off;"]
