FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y gosu && useradd -r app
COPY lib.sh entry.sh /opt/
# Run as app, not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/app && chown app /home/app
USER app
ENTRYPOINT ["/opt/entry.sh"]
CMD ["server"]
