FROM debian:12-slim
# Run as app (3000:3001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 3001 app && useradd -l -m -u 3000 -g app app
USER 3000:3001
CMD ["sleep", "1d"]
