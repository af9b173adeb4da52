FROM debian:bookworm-slim
ENV NVM_DIR=/root/.nvm
RUN curl -o- https://example.org/nvm.sh | bash
COPY server.js /app/
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chmod o+x /root
USER 10001:10001
CMD ["node", "/app/server.js"]
