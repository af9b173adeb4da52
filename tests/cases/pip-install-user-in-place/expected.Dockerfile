FROM python:3.12-slim
RUN pip install --user flask
COPY app.py /app/app.py
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root
USER 10001:10001
ENV PYTHONUSERBASE=/root/.local
CMD ["python", "/app/app.py"]
