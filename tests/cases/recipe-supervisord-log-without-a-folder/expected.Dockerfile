FROM python:3.12-slim
RUN pip install supervisor
COPY supervisord.conf /etc/supervisord.conf
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["supervisord", "-j", "/tmp/supervisord.pid", "-l", "/dev/null", "-y", "0", "-n"]
