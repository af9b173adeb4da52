FROM node:22-slim AS build
WORKDIR /app
COPY package.json ./
RUN npm install

FROM node:22-slim AS web
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY server.js ./
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
CMD ["node", "server.js"]

FROM web AS dev
USER node
CMD ["node", "--watch", "server.js"]
