FROM debian:bookworm-slim
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /data /data/work && chown 10001:10001 /data /data/work
VOLUME /data
WORKDIR /data/work
COPY server /usr/local/bin/server
USER 10001:10001
CMD ["server"]
