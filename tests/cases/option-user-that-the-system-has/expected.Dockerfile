FROM debian:bookworm-slim
WORKDIR /app
COPY server /app/server
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN chown 33:33 /app
USER 33:33
ENV HOME=/tmp
CMD ["/app/server"]
