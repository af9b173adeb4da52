FROM debian:bookworm-slim
WORKDIR /home/app/src
COPY . .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /home/app && chown 10001:10001 /home/app /home/app/src
USER 10001:10001
CMD ["./server"]
