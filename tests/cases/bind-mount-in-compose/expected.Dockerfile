FROM python:3.12-slim
WORKDIR /app
COPY . .
ENV DATA_DIR=/data
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /data && chown 10001:10001 /app /data
USER 10001:10001
CMD ["python", "app.py"]
