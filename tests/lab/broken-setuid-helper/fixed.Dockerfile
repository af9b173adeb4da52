FROM debian:bookworm-slim
RUN cp /bin/sleep /usr/local/bin/keeper && chmod 4755 /usr/local/bin/keeper
COPY --chmod=755 run.sh /run.sh
EXPOSE 7000
USER 10001:10001
CMD ["/run.sh"]
