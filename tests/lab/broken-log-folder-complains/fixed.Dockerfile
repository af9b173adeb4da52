FROM alpine:3.21
RUN mkdir -p /var/log/web /srv/www && echo hi > /srv/www/index.html
COPY --chmod=755 serve.sh /usr/local/bin/serve
EXPOSE 8080
USER 10001:10001
CMD ["/usr/local/bin/serve"]
