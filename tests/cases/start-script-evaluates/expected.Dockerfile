FROM python:3.12-slim
COPY start.sh server.py /srv/
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /var/lib/hits && chown 10001:10001 /var/lib/hits
USER 10001:10001
CMD ["bash","/srv/start.sh"]
