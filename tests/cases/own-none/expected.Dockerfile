FROM debian:bookworm-slim
WORKDIR /srv/app
RUN mkdir -p /srv/app/data
VOLUME /srv/app/data
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["sh", "-c", "date > /srv/app/data/now"]
