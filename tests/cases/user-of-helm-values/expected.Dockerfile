FROM debian:12-slim
# Run as app (3000:2000), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 2000 app && useradd -l -m -u 3000 -g app app
USER 3000:2000
CMD ["sleep", "1d"]
