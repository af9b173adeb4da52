FROM debian:bookworm-slim
RUN ["useradd", "-u", "4000", "-m", "web"]
COPY server /usr/local/bin/server
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
USER 4000:4000
CMD ["server"]
