FROM nginx:1.27
COPY site.conf /etc/nginx/conf.d/default.conf
# Start as root, and step down to nginx (101:101) (CIS Docker Benchmark 4.1)
RUN mkdir -p /var/cache/nginx \
 && touch /run/nginx.pid \
 && chown 101:101 /etc/nginx/conf.d /etc/nginx/conf.d/default.conf /run/nginx.pid \
 && chown -R 101:101 /var/cache/nginx
VOLUME /var/cache/nginx
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh", "/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]
