FROM acme/base:1
WORKDIR /srv
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /srv
USER 10001:10001
CMD ["sleep", "1d"]
