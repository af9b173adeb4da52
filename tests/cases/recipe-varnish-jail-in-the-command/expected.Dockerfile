FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y varnish && rm -rf /var/lib/apt/lists/*
COPY front.vcl /etc/varnish/default.vcl
EXPOSE 6081
# Run as varnish, not as root (CIS Docker Benchmark 4.1)
RUN chown varnish:varnish /var/lib/varnish /etc/varnish/secret
USER varnish
CMD ["varnishd", "-F", "-a", ":6081", "-f", "/etc/varnish/default.vcl"]
