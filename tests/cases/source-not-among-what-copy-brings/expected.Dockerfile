FROM python:3.12-slim
WORKDIR /app
RUN git clone --depth 1 https://git.example.org/feedbot .
COPY config/ .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app
USER 10001:10001
CMD ["python", "feedbot.py"]
