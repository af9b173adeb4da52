FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y haproxy && rm -rf /var/lib/apt/lists/*
COPY haproxy.cfg /etc/haproxy/haproxy.cfg
EXPOSE 8080
# Run as haproxy, not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /run/haproxy && chown haproxy:haproxy /run/haproxy
USER haproxy
CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]
