FROM python:3.12-slim
WORKDIR /app
COPY . .
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app /app/server.py
USER 10001:10001
HEALTHCHECK --interval=1s --timeout=3s --retries=2 CMD python health.py
CMD ["python","server.py"]
