FROM python:3.12-slim
WORKDIR /srv/shop
RUN pip install django gunicorn
COPY . .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /srv/shop
USER 10001:10001
CMD ["gunicorn", "-b", "0.0.0.0:8000", "shop.wsgi"]
