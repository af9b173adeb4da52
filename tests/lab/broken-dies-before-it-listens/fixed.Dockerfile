FROM alpine:3.21
RUN mkdir -p /srv/db
COPY --chmod=755 start.sh /start.sh
EXPOSE 8080
USER 10001:10001
ENTRYPOINT ["/start.sh"]
