FROM node:20-slim
WORKDIR /srv/app
COPY index.js .
# Start as root, and step down to node (1000:1000) (CIS Docker Benchmark 4.1)
RUN mkdir -p /data /srv/app && chown 1000:1000 /data /srv/app
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh", "docker-entrypoint.sh"]
CMD ["node", "index.js"]
