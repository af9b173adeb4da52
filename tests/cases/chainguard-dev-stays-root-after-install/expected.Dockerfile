FROM cgr.dev/chainguard/python:latest-dev
USER root
RUN apk add --no-cache git
WORKDIR /app
COPY main.py .
# Run as 65532, not as root (CIS Docker Benchmark 4.1)
RUN chown 65532 /app
USER 65532
ENTRYPOINT ["python", "main.py"]
