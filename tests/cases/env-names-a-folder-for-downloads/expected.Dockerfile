FROM python:3.12-slim
ENV DOWNLOAD_DIR=/downloads BACKUP_DIR=/backups
WORKDIR /srv
COPY fetcher fetcher
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /backups /downloads && chown 10001:10001 /srv /backups /downloads
USER 10001:10001
CMD ["python", "-m", "fetcher"]
