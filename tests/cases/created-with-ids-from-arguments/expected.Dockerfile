FROM debian:bookworm-slim
ARG UID=4000
ARG GID=4000
RUN groupadd -g $GID web && useradd -u $UID -g $GID -m web
COPY server /usr/local/bin/server
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
USER 4000:4000
CMD ["server"]
