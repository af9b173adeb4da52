FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y stunnel4 openssl && rm -rf /var/lib/apt/lists/*
RUN openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=door -keyout /etc/stunnel/door.key -out /etc/stunnel/door.crt
COPY door.conf /etc/stunnel/door.conf
EXPOSE 8443
# Run as stunnel4, not as root (CIS Docker Benchmark 4.1)
RUN chown stunnel4:stunnel4 /etc/stunnel/door.key /etc/stunnel/door.crt
USER stunnel4
CMD ["stunnel4", "/etc/stunnel/door.conf"]
