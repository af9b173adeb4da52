FROM debian:bookworm-slim
RUN mkdir -p /var/lib/inventory/parts
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown -R 10001:10001 /var/lib/inventory
USER 10001:10001
CMD date > /var/lib/inventory/total && date > /var/lib/inventory/parts/today && echo counted
