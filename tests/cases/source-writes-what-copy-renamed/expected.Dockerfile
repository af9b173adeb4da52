FROM python:3.12-slim
WORKDIR /app
COPY --chown=10001:10001 defaults.json state.json
COPY server.py .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app
USER 10001:10001
CMD ["python","server.py"]
