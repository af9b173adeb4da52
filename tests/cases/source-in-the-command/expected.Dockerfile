FROM python:3.12-slim
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /var/lib/beat && chown 10001:10001 /var/lib/beat
USER 10001:10001
CMD ["python","-u","-c","import time\nopen('/var/lib/beat','w').write('x')\nwhile True: time.sleep(1)"]
