FROM debian:12-slim
RUN useradd --system app
# Run as app, not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/app && chown app /home/app
USER app
CMD ["sleep", "1d"]
