FROM gcr.io/distroless/java17-debian12
COPY app.jar /app.jar
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
CMD ["/app.jar"]
