FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY server.py /srv/server.py
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
HEALTHCHECK --interval=1s --timeout=2s --retries=2 CMD su -s /bin/sh -c "curl -sf http://127.0.0.1:8000/" nobody || exit 1
CMD ["python","/srv/server.py"]
