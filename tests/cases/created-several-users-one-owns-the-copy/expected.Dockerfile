FROM debian:bookworm-slim
RUN useradd -u 4001 worker && useradd -u 4002 -m web && useradd -u 4003 spare
WORKDIR /app
COPY --chown=web . .
# Run as web (4002:4002), not as root (CIS Docker Benchmark 4.1)
RUN chown 4002:4002 /app
USER 4002:4002
CMD ["./server"]
