FROM alpine:3.21 AS api
COPY api /usr/local/bin/api
CMD ["api"]

FROM debian:bookworm-slim AS worker
COPY worker /usr/local/bin/worker
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["worker"]
