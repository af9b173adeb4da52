FROM nginx:1.27
COPY dist /usr/share/nginx/html
EXPOSE 80
# Run as nginx (101:101), not as root (CIS Docker Benchmark 4.1)
USER 101:101
