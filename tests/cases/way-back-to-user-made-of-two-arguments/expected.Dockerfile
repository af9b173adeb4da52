FROM debian:bookworm-slim
ARG UID=4000
ARG GID=4000
RUN groupadd -g $GID web && useradd -u $UID -g $GID -m web
USER ${UID}:${GID}
COPY server /usr/local/bin/server
USER root
RUN apt-get update && apt-get install -y curl
# Run as ${UID}:${GID}, not as root (CIS Docker Benchmark 4.1)
USER ${UID}:${GID}
CMD ["server"]
