FROM debian:12-slim
RUN groupadd -g 1500 app && useradd -u 1500 -g app app
USER app
RUN id
# Run as app (1500:1500), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/app && chown 1500:1500 /home/app
USER 1500:1500
CMD ["sleep", "1d"]
