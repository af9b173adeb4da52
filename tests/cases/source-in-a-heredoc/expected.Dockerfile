FROM python:3.12-slim
COPY <<'END' /usr/local/lib/beat.py
import time
while True:
    with open("/var/lib/beat.txt", "a") as file:
        file.write("beat\n")
    time.sleep(1)
END
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && touch /var/lib/beat.txt && chown 10001:10001 /var/lib/beat.txt
USER 10001:10001
CMD ["python", "/usr/local/lib/beat.py"]
