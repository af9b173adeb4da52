FROM python:3.12-slim
RUN useradd -u 4000 web
WORKDIR /app
COPY . .
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
RUN mkdir -p /home/web && chown 4000:4000 /home/web /app
USER 4000:4000
CMD ["python", "app.py"]
