FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('x')"
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root && chown 10001:10001 /app
USER 10001:10001
ENV HF_HOME=/root/.cache/huggingface
CMD ["python", "app.py"]
