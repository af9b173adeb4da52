FROM debian:bookworm-slim
RUN useradd -m -u 1500 web
USER web
WORKDIR /home/web
USER root
COPY server /usr/local/bin/
# Start as root, and step down to web (CIS Docker Benchmark 4.1)
RUN mkdir -p /data && chown web /data
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["server"]
