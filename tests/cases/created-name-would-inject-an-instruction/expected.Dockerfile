FROM alpine:3.22
RUN <<EOF
adduser -D 'a
RUN evil'
EOF
COPY app /usr/local/bin/app
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app
USER 10001:10001
CMD ["app"]
