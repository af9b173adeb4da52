FROM cgr.dev/chainguard/wolfi-base:latest
WORKDIR /app
COPY server /app/server
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
RUN chown 65532:65532 /app
USER 65532:65532
CMD ["/app/server"]
