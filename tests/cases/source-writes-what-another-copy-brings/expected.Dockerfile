FROM python:3.12-slim
WORKDIR /app
COPY src/count.py seed/visits.txt ./
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app /app/visits.txt
USER 10001:10001
CMD ["python", "count.py"]
