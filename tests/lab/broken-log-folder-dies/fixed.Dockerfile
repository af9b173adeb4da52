FROM debian:bookworm-slim
RUN mkdir -p /var/log/collector && useradd --system --uid 10001 collector
COPY collector.pl /usr/local/lib/collector.pl
EXPOSE 5140
USER collector
CMD ["perl", "/usr/local/lib/collector.pl"]
