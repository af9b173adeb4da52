FROM alpine:3.21
RUN addgroup -S web && adduser -S -G web web
WORKDIR /app
COPY . .
RUN chown -R web:web /app
# Run as web, not as root (CIS Docker Benchmark 4.1)
USER web
CMD ["./server"]
