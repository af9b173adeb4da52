FROM alpine:3.21
RUN mkdir -p /srv/www && echo 41 > /srv/www/answer.txt && chmod 600 /srv/www/answer.txt
EXPOSE 8080
USER 10001:10001
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv/www"]
