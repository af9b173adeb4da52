FROM node:20
RUN npm install -g pm2
WORKDIR /srv/app
COPY server.js ecosystem.config.js ./
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /srv/app
USER 1000:1000
CMD ["pm2-runtime", "start", "ecosystem.config.js"]
