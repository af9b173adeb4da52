FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y apache2 && rm -rf /var/lib/apt/lists/*
COPY index.html /var/www/html/
EXPOSE 8080
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN sed -i -E 's/^([[:space:]]*Listen[[:space:]]+)80$/\18080/' /etc/apache2/ports.conf \
 && sed -i -E 's/^(<VirtualHost[[:space:]]+[^>]*:)80>/\18080>/' /etc/apache2/sites-available/000-default.conf \
 && mkdir -p /run/apache2 /run/apache2/socks /run/lock/apache2 \
 && chown 33:33 /run/apache2 /run/apache2/socks /run/lock/apache2 \
 && chown -R 33:33 /var/log/apache2
USER 33:33
CMD ["apachectl", "-D", "FOREGROUND"]
