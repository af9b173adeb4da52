FROM node:20
WORKDIR /srv
COPY package.json server.js ./
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN touch /var/lib/visits.log && chown 1000:1000 /srv /var/lib/visits.log
USER 1000:1000
CMD ["node", "server.js"]
