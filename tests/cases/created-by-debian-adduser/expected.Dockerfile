FROM debian:bookworm-slim
RUN adduser --disabled-password --gecos "" --uid 4000 web
WORKDIR /srv/web
COPY . .
# Run as web, not as root (CIS Docker Benchmark 4.1)
RUN chown web /srv/web
USER web
CMD ["./server"]
