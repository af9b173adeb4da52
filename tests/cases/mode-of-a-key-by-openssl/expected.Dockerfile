FROM python:3.12-slim
RUN pip install --no-cache-dir gunicorn && apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
WORKDIR /app
RUN openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN=localhost
COPY app.py .
EXPOSE 8443
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app
USER 10001:10001
CMD ["gunicorn","--bind","0.0.0.0:8443","--certfile","cert.pem","--keyfile","key.pem","app:app"]
