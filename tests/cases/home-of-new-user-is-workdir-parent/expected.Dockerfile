FROM alpine:3.21
WORKDIR /home/app/src
COPY . .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app && mkdir -p /home/app && chown 10001:10001 /home/app /home/app/src
USER 10001:10001
CMD ["./server"]
