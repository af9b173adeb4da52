FROM alpine:3.20
# Run as app (2000:2500), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 2500 app && adduser -D -u 2000 -G app app
USER 2000:2500
CMD ["sleep", "1d"]
