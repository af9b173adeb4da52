# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
RUN <<EOF
set -e
groupadd --gid 4000 web
useradd --uid 4000 --gid web --create-home web
EOF
COPY server /usr/local/bin/server
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
USER 4000:4000
CMD ["server"]
