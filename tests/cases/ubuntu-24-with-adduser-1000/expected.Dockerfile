FROM ubuntu:24.04
RUN useradd -m -u 1001 web
WORKDIR /srv/web
COPY . .
# Run as web (1001:1001), not as root (CIS Docker Benchmark 4.1)
RUN chown 1001:1001 /srv/web
USER 1001:1001
CMD ["./server"]
