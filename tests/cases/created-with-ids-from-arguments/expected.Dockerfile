FROM debian:bookworm-slim
ARG UID=4000
ARG GID=4000
RUN groupadd -g $GID web && useradd -u $UID -g $GID -m web
COPY server /usr/local/bin/server
# Run as web, not as root (CIS Docker Benchmark 4.1)
USER web
CMD ["server"]
