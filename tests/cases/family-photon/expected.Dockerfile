FROM photon:5.0
WORKDIR /app
COPY server /app/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN if command -v useradd >/dev/null; then groupadd -g 10001 app && useradd -l -m -u 10001 -g app app; \
    elif command -v adduser >/dev/null; then addgroup -g 10001 app && adduser -D -u 10001 -G app app; \
    else echo 'app:x:10001:' >> /etc/group && echo 'app:x:10001:10001::/home/app:/sbin/nologin' >> /etc/passwd && mkdir -p /home/app && chown 10001:10001 /home/app; fi \
 && chown 10001:10001 /app
USER 10001:10001
CMD ["/app/server"]
