FROM node:20-slim
COPY . /tmp/app
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
USER 1000:1000
CMD ["node", "/tmp/app/index.js"]
