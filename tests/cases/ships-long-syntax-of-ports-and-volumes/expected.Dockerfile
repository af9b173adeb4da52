FROM python:3.12-slim AS web
WORKDIR /srv
EXPOSE 8080
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /var/cache/web && chown 10001:10001 /srv /var/cache/web
USER 10001:10001
CMD ["python", "-m", "http.server", "8080"]

FROM web AS dev
CMD ["python"]
