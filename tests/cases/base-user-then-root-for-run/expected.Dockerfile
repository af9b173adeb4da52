FROM gcr.io/distroless/base-debian12:debug-nonroot
USER root
RUN ["/busybox/mkdir", "/data"]
COPY server /server
# Run as 65532, not as root (CIS Docker Benchmark 4.1)
RUN chown -R 65532 /data
USER 65532
ENTRYPOINT ["/server"]
