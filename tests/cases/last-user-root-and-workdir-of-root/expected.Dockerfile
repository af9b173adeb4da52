FROM debian:bookworm-slim
RUN useradd -m -u 4000 app
WORKDIR /srv/app
USER app
RUN true
USER root
COPY server .
# Run as app, not as root (CIS Docker Benchmark 4.1)
RUN chown app /srv/app
USER app
CMD ["./server"]
