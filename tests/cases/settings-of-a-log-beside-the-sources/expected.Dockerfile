FROM python:3.12-slim
RUN pip install --no-cache-dir uvicorn
ENV PYTHONPATH=/code
COPY api /code/api
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /code/api
USER 10001:10001
CMD ["uvicorn", "api:app", "--host", "0.0.0.0", "--log-config", "/code/api/log.ini"]
