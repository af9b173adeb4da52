FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y apache2 openssl && rm -rf /var/lib/apt/lists/*
RUN openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=orchard -keyout /etc/orchard.key -out /etc/orchard.crt && a2enmod ssl
COPY orchard.conf /etc/apache2/sites-enabled/000-default.conf
EXPOSE 8443
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /run/apache2 /run/apache2/socks /run/lock/apache2 /var/log/orchard \
 && chown 33:33 /run/apache2 /run/apache2/socks /run/lock/apache2 /etc/orchard.key /var/log/orchard \
 && chown -R 33:33 /var/log/apache2
USER 33:33
CMD ["apachectl", "-D", "FOREGROUND"]
