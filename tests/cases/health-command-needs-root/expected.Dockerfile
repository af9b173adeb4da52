FROM debian:bookworm-slim
COPY server /usr/local/bin/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root
USER 10001:10001
HEALTHCHECK CMD test -r /root/ready
CMD ["server"]
