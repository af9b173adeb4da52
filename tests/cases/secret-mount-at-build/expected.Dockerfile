# syntax=docker/dockerfile:1
FROM node:20
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=npm,target=/root/.npmrc npm ci
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
CMD ["node", "server.js"]
