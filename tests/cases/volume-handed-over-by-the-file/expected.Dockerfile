FROM debian:bookworm-slim
RUN useradd -u 4000 web && mkdir /data && chown web /data
VOLUME /data
COPY server /usr/local/bin/server
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/web && chown 4000:4000 /home/web
USER 4000:4000
CMD ["server"]
