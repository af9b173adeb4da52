FROM alpine:3.21 AS build
RUN apk add --no-cache curl
COPY server /usr/local/bin/server
FROM scratch
COPY --from=build / /
# Run as 65532:65532, not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
CMD ["/usr/local/bin/server"]
