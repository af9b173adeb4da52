FROM debian:bookworm-slim
ARG APP_USER=web
RUN useradd -u 4000 -m "$APP_USER"
WORKDIR /app
COPY . .
# Run as web ($APP_USER), not as root (CIS Docker Benchmark 4.1)
RUN chown "$APP_USER" /app
USER $APP_USER
CMD ["./server"]
