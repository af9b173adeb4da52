FROM debian:bookworm-slim
WORKDIR /app
COPY server /app/server
# Run as app (20000:30000), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 30000 app && useradd -l -m -u 20000 -g app app && chown 20000:30000 /app
USER 20000:30000
CMD ["/app/server"]
