FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y unbound && rm -rf /var/lib/apt/lists/*
COPY resolver.conf /etc/unbound/unbound.conf
EXPOSE 5353/udp
# Run as unbound, not as root (CIS Docker Benchmark 4.1)
RUN printf '\nserver:\n    username: ""\n    chroot: ""\n' >> /etc/unbound/unbound.conf \
 && mkdir -p /run/resolver \
 && chown unbound:unbound /run/resolver
USER unbound
CMD ["unbound", "-dd"]
