FROM httpd:2.4
COPY public /usr/local/apache2/htdocs/
# Run as www-data (33:33), not as root (CIS Docker Benchmark 4.1)
RUN chown 33:33 /usr/local/apache2/logs
USER 33:33
