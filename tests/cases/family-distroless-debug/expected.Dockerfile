FROM gcr.io/distroless/static-debian12:debug
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
WORKDIR /app
COPY server /app/server
CMD ["/app/server"]
