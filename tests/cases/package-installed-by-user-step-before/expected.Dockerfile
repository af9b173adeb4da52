FROM node:20
USER node
WORKDIR /home/node/app
COPY --chown=node . .
RUN npm ci
USER root
RUN npm install -g pm2
# Run as node, not as root (CIS Docker Benchmark 4.1)
USER node
CMD ["node", "server.js"]
