FROM ubuntu:24.04
# Run as ubuntu (1000:1000), not as root (CIS Docker Benchmark 4.1)
USER 1000:1000
CMD ["sleep", "1d"]
