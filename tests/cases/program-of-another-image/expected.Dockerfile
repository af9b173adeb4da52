FROM debian:bookworm-slim
COPY --from=redis:7 /usr/bin/redis-server /usr/bin/redis-cli /usr/local/bin/
COPY --from=redis:7 /usr/lib/x86_64-linux-gnu/ /usr/lib/x86_64-linux-gnu/
COPY redis.conf /etc/redis.conf
EXPOSE 6379
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["redis-server","/etc/redis.conf"]
