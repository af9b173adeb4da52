FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y rabbitmq-server
# Run as rabbitmq, not as root (CIS Docker Benchmark 4.1)
USER rabbitmq
CMD ["/usr/lib/rabbitmq/bin/rabbitmq-server"]
