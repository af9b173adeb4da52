FROM debian:bookworm-slim
COPY server.pl /opt/rounds/server.pl
EXPOSE 81
USER 10001:10001
CMD ["perl", "/opt/rounds/server.pl"]
