FROM acme/base
# Run as app (1234:1234), not as root (CIS Docker Benchmark 4.1)
USER 1234:1234
CMD ["sleep", "1d"]
