FROM debian:bookworm-slim
RUN useradd -m -u 1500 web && mkdir /data && chown web /data
COPY server /usr/local/bin/
VOLUME /data
USER root
EXPOSE 8080
# Start as root, and step down to web (CIS Docker Benchmark 4.1)
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["server"]
