FROM node:22
COPY server.js /srv/
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
USER 1000:1000
CMD ["node", "/srv/server.js"]
