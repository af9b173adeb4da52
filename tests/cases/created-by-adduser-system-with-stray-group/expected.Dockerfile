FROM node:20-alpine
WORKDIR /app
RUN addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 nextjs
COPY . .
# Run as nextjs, not as root (CIS Docker Benchmark 4.1)
RUN chown nextjs /app
USER nextjs
ENTRYPOINT ["node", "server.js"]
