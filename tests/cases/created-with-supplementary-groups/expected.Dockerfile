FROM debian:bookworm-slim
RUN groupadd -g 4100 media && groupadd -g 4000 web && useradd -u 4000 -g 4000 -G media -m web
WORKDIR /app
COPY . .
# Run as web, not as root (CIS Docker Benchmark 4.1)
RUN chown web /app
USER web
CMD ["./server"]
