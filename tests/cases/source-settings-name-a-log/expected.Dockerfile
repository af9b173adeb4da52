FROM python:3.12-slim
RUN pip install --no-cache-dir uvicorn pyyaml
WORKDIR /app
COPY . .
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /var/log/web.log && chown 10001:10001 /app /var/log/web.log
USER 10001:10001
CMD ["uvicorn","app:app","--host","0.0.0.0","--port","8000","--log-config","log.yaml"]
