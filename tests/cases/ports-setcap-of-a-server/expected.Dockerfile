FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y lighttpd && rm -rf /var/lib/apt/lists/*
EXPOSE 80
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin \
 && setcap cap_net_bind_service=+ep /usr/sbin/lighttpd \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /run/lighttpd \
 && touch /run/lighttpd.pid \
 && chown 33:33 /run/lighttpd /run/lighttpd.pid
USER 33:33
CMD ["lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"]
