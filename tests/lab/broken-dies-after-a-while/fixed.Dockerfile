FROM python:3.12-slim
RUN mkdir -p /var/lib/table
COPY server.py /app/server.py
EXPOSE 8000
USER 10001:10001
CMD ["python", "/app/server.py"]
