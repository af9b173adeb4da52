FROM debian:bookworm-slim AS base
RUN useradd -u 4000 -m web
WORKDIR /srv/web

FROM base AS final
COPY server .
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
RUN chown 4000:4000 /srv/web
USER 4000:4000
CMD ["./server"]
