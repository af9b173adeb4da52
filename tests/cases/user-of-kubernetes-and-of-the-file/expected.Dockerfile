FROM debian:12-slim
RUN groupadd -g 1234 app && useradd -u 1234 -g app app
RUN groupadd -g 1300 batch && useradd -u 1300 -g batch batch
# Run as app (1234:1234), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/app && chown 1234:1234 /home/app
USER 1234:1234
CMD ["sleep", "1d"]
