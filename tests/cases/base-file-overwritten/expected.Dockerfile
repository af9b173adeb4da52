FROM nginx:1.27
COPY index.tpl /usr/share/nginx/index.tpl
COPY site.conf /etc/nginx/conf.d/default.conf
COPY start.sh /start.sh
EXPOSE 8080
# Run as nginx (101:101), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /usr/share/nginx/html \
 && touch /run/nginx.pid \
 && chown 101:101 /etc/nginx/conf.d /etc/nginx/conf.d/default.conf /run/nginx.pid /usr/share/nginx/html \
 && chown -R 101:101 /var/cache/nginx
USER 101:101
ENV HOME=/tmp
CMD ["/bin/sh","/start.sh"]
