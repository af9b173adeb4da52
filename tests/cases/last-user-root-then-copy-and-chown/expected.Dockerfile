FROM debian:bookworm-slim
RUN useradd -m -u 4000 app
USER app
USER root
COPY server /opt/server/
RUN chown -R app /opt/server
# Run as app, not as root (CIS Docker Benchmark 4.1)
USER app
ENTRYPOINT ["/opt/server/server"]
