FROM debian:bookworm-slim
RUN groupadd app
COPY server /usr/local/bin/server
# Run as appuser (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 appuser && useradd -l -m -u 10001 -g appuser appuser
USER 10001:10001
CMD ["server"]
