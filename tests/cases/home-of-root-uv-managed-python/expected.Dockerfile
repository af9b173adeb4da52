FROM debian:bookworm-slim
WORKDIR /app
COPY . .
RUN uv python install 3.12 && uv sync
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root && chown 10001:10001 /app
USER 10001:10001
ENV UV_PYTHON_INSTALL_DIR=/root/.local/share/uv/python
CMD [".venv/bin/python", "app.py"]
