FROM gcr.io/distroless/base-debian12
USER root
WORKDIR /app
COPY server .
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
CMD ["./server"]
