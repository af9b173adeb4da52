FROM php:8.2-cli
WORKDIR /app
COPY . .
RUN composer global require x/y
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN chown 33:33 /app
USER 33:33
ENV HOME=/tmp
CMD ["php", "app.php"]
