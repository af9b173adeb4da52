FROM node:22-alpine AS development
WORKDIR /code
COPY package.json server.js ./
RUN npm install
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /code
USER 1000:1000
CMD ["node", "--watch", "server.js"]

FROM node:22-alpine AS builder
WORKDIR /code
COPY package.json server.js ./
RUN npm pack

FROM node:22-alpine
WORKDIR /srv
COPY --from=builder /code/server.js ./
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /srv
USER 1000:1000
CMD ["node", "server.js"]
