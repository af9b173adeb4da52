FROM node:20
WORKDIR /app
COPY server /app/server
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
CMD ["/app/server"]
