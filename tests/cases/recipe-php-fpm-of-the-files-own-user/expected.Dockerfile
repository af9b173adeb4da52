FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y php8.2-fpm && rm -rf /var/lib/apt/lists/*
RUN useradd -r -u 700 shop
COPY shop.conf /etc/php/8.2/fpm/pool.d/www.conf
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /run/php /run/shop && touch /var/log/php8.2-fpm.log && chown 33:33 /run/php /var/log/php8.2-fpm.log /run/shop
USER 33:33
CMD ["php-fpm8.2", "--nodaemonize"]
