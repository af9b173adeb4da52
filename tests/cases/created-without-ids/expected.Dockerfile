FROM debian:bookworm-slim
RUN useradd -m web
WORKDIR /app
COPY . .
# Run as web, not as root (CIS Docker Benchmark 4.1)
RUN chown web /app
USER web
CMD ["./server"]
