FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y tor && rm -rf /var/lib/apt/lists/*
COPY torrc /etc/tor/torrc
EXPOSE 9050
# Run as debian-tor, not as root (CIS Docker Benchmark 4.1)
USER debian-tor
CMD ["tor", "-f", "/etc/tor/torrc"]
