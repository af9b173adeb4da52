FROM debian:bookworm-slim
COPY server /usr/local/bin/
# Start as root, and step down to app (10001:10001) (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /data && chown 10001:10001 /data
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["server"]
