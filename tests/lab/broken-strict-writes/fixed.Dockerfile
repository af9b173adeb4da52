FROM alpine:3.21
RUN mkdir -p /srv/cache
EXPOSE 8080
USER 10001:10001
CMD { date > /srv/cache/warm; } 2>/dev/null; exec busybox httpd -f -p 8080 -h /srv
