FROM gcr.io/distroless/static-debian12:latest
COPY server /server
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
CMD ["/server"]
