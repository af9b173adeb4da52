FROM alpine:3.21
RUN mkdir -p /srv/reports
COPY --chmod=755 report.sh /usr/local/bin/report
USER 10001:10001
CMD ["report"]
