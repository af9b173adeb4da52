FROM python:3.12-slim
ENV HF_HOME=/models XDG_CACHE_HOME=/cache
COPY app.py /srv/app.py
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /cache /models && chown 10001:10001 /cache /models
USER 10001:10001
CMD ["python", "/srv/app.py"]
