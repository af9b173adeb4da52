FROM python:3.12-slim
WORKDIR /app
COPY server /usr/local/bin/server
COPY entry.sh /entry.sh
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /data && chown 10001:10001 /app /data
USER 10001:10001
ENTRYPOINT ["sh", "/entry.sh"]
CMD ["server"]
