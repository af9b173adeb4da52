FROM docker.io/library/teamspeak:latest
# Start as root, and step down to ts3server (9987:9987) (CIS Docker Benchmark 4.1)
RUN apk add --no-cache su-exec && mkdir -p /data && chown 9987:9987 /data
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["bash"]
