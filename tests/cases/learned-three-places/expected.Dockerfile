FROM debian:bookworm-slim
WORKDIR /opt/ledger
COPY --chown=10001:10001 ledger /opt/ledger/bin/ledger
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app \
 && mkdir -p /exports /opt/ledger/state \
 && touch /var/log/ledger.log \
 && chown 10001:10001 /exports /opt/ledger/state /var/log/ledger.log
VOLUME /exports
EXPOSE 80
USER 10001:10001
CMD ["/opt/ledger/bin/ledger"]
