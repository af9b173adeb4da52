FROM python:3.12-slim
COPY seed.json /var/lib/store/store.json
VOLUME /var/lib/store
RUN useradd --create-home keeper
COPY app.py /app/app.py
# Run as keeper, not as root (CIS Docker Benchmark 4.1)
USER keeper
CMD ["python", "/app/app.py"]
