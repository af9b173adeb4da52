FROM node:20
WORKDIR /usr/src/app
COPY . .
EXPOSE 3000
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /usr/src/app/logs && chown 1000:1000 /usr/src/app /usr/src/app/logs
USER 1000:1000
CMD ["node", "server.js"]
