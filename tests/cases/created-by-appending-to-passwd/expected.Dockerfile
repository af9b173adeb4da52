FROM debian:bookworm-slim
RUN echo 'web:x:4000:4000::/srv/web:/bin/sh' >> /etc/passwd && echo 'web:x:4000:' >> /etc/group
WORKDIR /srv/web
COPY . .
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /srv/web && chown 4000:4000 /srv/web
USER 4000:4000
CMD ["./server"]
