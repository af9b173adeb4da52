FROM alpine:3.21
ARG WITH_USER=0
RUN if [ "$WITH_USER" = 1 ]; then adduser -D -u 4000 web; fi
COPY server /usr/local/bin/server
# Run as web (4000:4000), not as root (CIS Docker Benchmark 4.1)
USER 4000:4000
CMD ["server"]
