FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends perl && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/app/bin
COPY bin .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /var/lib/beat && chown 10001:10001 /srv/app/bin /var/lib/beat
USER 10001:10001
CMD ["perl","/srv/app/bin/beat"]
