FROM node:20-slim
WORKDIR /app
COPY . .
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
CMD ["node","server.js"]
