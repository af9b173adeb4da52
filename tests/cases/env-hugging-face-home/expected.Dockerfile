FROM python:3.12-slim
ENV HF_HOME=/models
COPY app.py /srv/app.py
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /models && chown 10001:10001 /models
USER 10001:10001
CMD ["python", "/srv/app.py"]
