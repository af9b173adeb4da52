FROM node:20
COPY src /srv/shop
RUN mkdir -p /srv/shop/var/cache
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /srv/shop/var/cache
USER 1000:1000
CMD ["node", "/srv/shop/server.js"]
