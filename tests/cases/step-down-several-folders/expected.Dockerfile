FROM debian:bookworm-slim
WORKDIR /srv/web
COPY server .
RUN mkdir -p /srv/web/uploads /var/log/web
# Start as root, and step down to app (10001:10001) (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app \
 && mkdir -p /data /data/cache /srv/web/uploads /srv/web /var/log/web \
 && chown 10001:10001 /data /data/cache /srv/web/uploads /srv/web /var/log/web
VOLUME ["/data", "/data/cache", "/srv/web/uploads"]
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["./server", "--log", "/var/log/web"]
