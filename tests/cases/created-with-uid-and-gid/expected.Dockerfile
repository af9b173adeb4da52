FROM debian:bookworm-slim
RUN groupadd -g 4000 web && useradd -u 4000 -g 4000 -m web
WORKDIR /app
COPY --chown=web:web . .
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
RUN chown 4000:4000 /app
USER 4000:4000
CMD ["./server"]
