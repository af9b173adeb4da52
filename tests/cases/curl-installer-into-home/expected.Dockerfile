FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl && curl -fsSL https://bun.sh/install | bash
COPY . /app
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root && chown 10001:10001 /app
USER 10001:10001
ENV BUN_INSTALL=/root/.bun
CMD ["/root/.bun/bin/bun", "run", "/app/index.ts"]
