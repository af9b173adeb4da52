FROM python:3.12-slim
WORKDIR /srv
COPY . .
EXPOSE 8080/tcp 9000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /srv
USER 10001:10001
HEALTHCHECK CMD python -c "import urllib.request as r; r.urlopen('http://localhost:8080/')"
CMD ["gunicorn", "--bind", "0.0.0.0:8080", "--workers", "2", "shop:app"]
