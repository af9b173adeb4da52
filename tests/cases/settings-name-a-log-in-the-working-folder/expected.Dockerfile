FROM python:3.12-slim
RUN pip install --no-cache-dir uvicorn pyyaml
WORKDIR /app
COPY api api
COPY logging.yaml .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app
USER 10001:10001
CMD ["uvicorn", "api:app", "--host", "0.0.0.0", "--log-config", "logging.yaml"]
