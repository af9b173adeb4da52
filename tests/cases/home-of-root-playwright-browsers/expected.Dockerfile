FROM node:20
WORKDIR /app
COPY . .
RUN npx playwright install --with-deps chromium
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chmod o+x /root && chown 1000:1000 /app
USER 1000:1000
ENV PLAYWRIGHT_BROWSERS_PATH=/root/.cache/ms-playwright
ENTRYPOINT ["node", "server.js"]
