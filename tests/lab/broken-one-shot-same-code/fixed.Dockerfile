FROM alpine:3.21
RUN mkdir -p /srv/reports
USER 10001:10001
CMD date > /srv/reports/today; echo done
