FROM nginx:1.27
COPY dist /usr/share/nginx/html
EXPOSE 80
# Run as nginx (101:101), not as root (CIS Docker Benchmark 4.1)
RUN touch /run/nginx.pid \
 && chown 101:101 /etc/nginx/conf.d /etc/nginx/conf.d/default.conf /run/nginx.pid \
 && chown -R 101:101 /var/cache/nginx
USER 101:101
