FROM python:3.12-slim
WORKDIR /srv/app
COPY wsgi.py .
RUN pip install gunicorn
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /run/gunicorn && chown 10001:10001 /srv/app /run/gunicorn
USER 10001:10001
CMD ["gunicorn", "--pid", "/run/gunicorn/gunicorn.pid", "--bind", "0.0.0.0:8000", "wsgi"]
