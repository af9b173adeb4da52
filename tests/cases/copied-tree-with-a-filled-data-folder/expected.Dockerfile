FROM node:20
WORKDIR /usr/src/app
COPY --chown=1000:1000 . .
EXPOSE 3000
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /usr/src/app
USER 1000:1000
CMD ["node", "server.js"]
