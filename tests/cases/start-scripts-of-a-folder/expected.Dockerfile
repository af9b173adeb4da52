FROM python:3.12-slim
COPY init.d /srv/init.d
COPY start.sh server.py /srv/
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /etc/app.conf && chown 10001:10001 /etc/app.conf
USER 10001:10001
CMD ["sh","/srv/start.sh"]
