FROM python:3.12-slim AS base
RUN groupadd -g 10001 app && useradd -u 10001 -g app app
FROM python:3.12-slim
COPY --from=base /etc/group /etc/group
COPY server.py /srv/
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["python","/srv/server.py"]
