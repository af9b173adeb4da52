FROM ubuntu:24.04
WORKDIR /home/ubuntu/app
COPY server .
# Run as ubuntu (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /home/ubuntu/app
USER 1000:1000
CMD ["./server"]
