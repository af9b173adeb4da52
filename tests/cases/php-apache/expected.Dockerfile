FROM php:8.2-apache
COPY . /var/www/html/
EXPOSE 80
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
USER 33:33
