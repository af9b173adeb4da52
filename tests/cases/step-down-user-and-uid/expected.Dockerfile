FROM debian:bookworm-slim
COPY server /usr/local/bin/
# Start as root, and step down to web (1500:1500) (CIS Docker Benchmark 4.1)
RUN groupadd -g 1500 web && useradd -l -m -u 1500 -g web web && mkdir -p /data && chown 1500:1500 /data
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["server"]
