FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN git config --global user.email a@example.org
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root && chown 10001:10001 /app
USER 10001:10001
ENV GIT_CONFIG_GLOBAL=/root/.gitconfig
CMD ["python", "app.py"]
