FROM scratch
ADD rootfs.tar.gz /
# Run as 65532:65532, not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
CMD ["/bin/sh"]
