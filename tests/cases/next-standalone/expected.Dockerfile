FROM node:20-slim AS builder
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM node:20-slim
WORKDIR /app
COPY --from=builder /app/public ./public
COPY --chown=1000:1000 --from=builder /app/.next/standalone ./
COPY --from=builder /app/.next/static ./.next/static
EXPOSE 3000
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /app
USER 1000:1000
CMD ["node", "server.js"]
