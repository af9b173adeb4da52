FROM node:20-alpine
WORKDIR /app
COPY . .
ENV PORT=80
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
ENTRYPOINT ["node", "server.js"]
