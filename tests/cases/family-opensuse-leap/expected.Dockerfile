FROM opensuse/leap:15.6
WORKDIR /app
COPY server /app/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN echo 'app:x:10001:' >> /etc/group && echo 'app:x:10001:10001::/home/app:/sbin/nologin' >> /etc/passwd \
 && mkdir -p /home/app \
 && chown 10001:10001 /home/app /app
USER 10001:10001
CMD ["/app/server"]
