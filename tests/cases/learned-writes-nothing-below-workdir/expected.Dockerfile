FROM python:3.12-slim
WORKDIR /srv/app
COPY . .
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /run/app.pid && chown 10001:10001 /run/app.pid
USER 10001:10001
CMD ["python", "-m", "app"]
