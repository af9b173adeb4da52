FROM debian:13
RUN useradd "a;b"
WORKDIR /w
COPY app /usr/local/bin/app
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /w
USER 10001:10001
CMD ["app"]
