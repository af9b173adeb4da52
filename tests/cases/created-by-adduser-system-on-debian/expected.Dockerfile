FROM debian:bookworm-slim
RUN adduser --system --uid 1001 web
COPY server /usr/local/bin/server
# Run as web (1001:65534), not as root (CIS Docker Benchmark 4.1)
USER 1001:65534
ENV HOME=/tmp
CMD ["server"]
