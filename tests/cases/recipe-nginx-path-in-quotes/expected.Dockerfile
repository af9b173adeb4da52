FROM nginx:1.27
COPY site.conf /etc/nginx/conf.d/default.conf
EXPOSE 8080
# Run as nginx (101:101), not as root (CIS Docker Benchmark 4.1)
RUN touch /run/nginx.pid \
 && chown 101:101 /etc/nginx/conf.d /etc/nginx/conf.d/default.conf /run/nginx.pid \
 && chown -R 101:101 /var/cache/nginx
USER 101:101
