FROM python:3.12-slim
COPY --chown=10001:10001 seed.json /var/lib/store/store.json
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /var/lib/store && chown 10001:10001 /var/lib/store
VOLUME /var/lib/store
COPY app.py /app/app.py
USER 10001:10001
CMD ["python", "/app/app.py"]
