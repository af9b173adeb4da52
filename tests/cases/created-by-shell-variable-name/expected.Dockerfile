FROM debian:bookworm-slim
RUN U=web && useradd -u 4000 -m "$U"
COPY server /usr/local/bin/server
# Run as web, not as root (CIS Docker Benchmark 4.1)
USER web
CMD ["server"]
