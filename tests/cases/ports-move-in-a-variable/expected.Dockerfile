FROM node:22-slim
ENV NODE_ENV=production PORT=8080
WORKDIR /app
COPY . .
EXPOSE $PORT
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
HEALTHCHECK CMD ["curl", "-f", "http://localhost:8080/health"]
CMD ["node", "server.js"]
