FROM python:3.12-slim AS build
WORKDIR /build
RUN echo secret > key && chmod 600 key
FROM python:3.12-slim
WORKDIR /app
COPY --from=build /build/key /app/key
COPY server.py .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app
USER 10001:10001
CMD ["python","server.py"]
