FROM python:3.12-slim
RUN pip install --no-cache-dir honcho
WORKDIR /app
COPY . .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /var/log/worker.log && chown 10001:10001 /app /var/log/worker.log
USER 10001:10001
CMD ["honcho","start"]
