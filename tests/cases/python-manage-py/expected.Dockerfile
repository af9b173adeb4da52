FROM python:3.12
WORKDIR /code
COPY . .
RUN pip install -r requirements.txt
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /code
USER 10001:10001
CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]
