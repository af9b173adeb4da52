FROM php:8.2-apache
COPY . /var/www/html
RUN a2enmod rewrite
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN chown 33:33 /var/www/html/bootstrap/cache && find /var/www/html/storage -type d -exec chown 33:33 {} +
USER 33:33
