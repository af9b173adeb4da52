FROM python:3.12-slim
COPY --chown=10001:10001 data /srv/fruit/data
COPY app.py /srv/fruit/bin/app.py
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["python", "/srv/fruit/bin/app.py"]
