FROM alpine:3.21
RUN mkdir -p /srv/www && echo hi > /srv/www/index.html
VOLUME /data
EXPOSE 8080
# Nobody gave /data away before VOLUME.
USER 10001:10001
CMD date > /data/started && exec busybox httpd -f -p 8080 -h /srv/www
