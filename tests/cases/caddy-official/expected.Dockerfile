FROM caddy:2
COPY Caddyfile /etc/caddy/Caddyfile
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app && chown 10001:10001 /config/caddy /data/caddy
USER 10001:10001
