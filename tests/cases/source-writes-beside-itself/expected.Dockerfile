FROM python:3.12-slim
COPY . /srv/counter
EXPOSE 8000
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["python", "/srv/counter/app.py"]
