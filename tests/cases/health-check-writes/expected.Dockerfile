FROM python:3.12-slim
COPY server.py health.sh /srv/
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
HEALTHCHECK --interval=1s --timeout=2s --retries=2 CMD ["sh","/srv/health.sh"]
CMD ["python","/srv/server.py"]
