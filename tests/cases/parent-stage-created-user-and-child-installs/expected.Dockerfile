FROM node:20 AS base
WORKDIR /app
USER node

FROM base
USER root
RUN apt-get update && apt-get install -y git
# Run as node, not as root (CIS Docker Benchmark 4.1)
RUN chown node /app
USER node
ENTRYPOINT ["node", "server.js"]
