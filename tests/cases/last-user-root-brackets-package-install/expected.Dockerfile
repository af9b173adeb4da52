FROM debian:bookworm-slim
RUN useradd -m -u 4000 app
USER app
WORKDIR /home/app
COPY server .
USER root
RUN apt-get update && apt-get install -y --no-install-recommends curl
# Run as app, not as root (CIS Docker Benchmark 4.1)
USER app
CMD ["./server"]
