FROM scratch
# Run as 65532:65532, not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
WORKDIR /data
COPY server /server
ENTRYPOINT ["/server"]
