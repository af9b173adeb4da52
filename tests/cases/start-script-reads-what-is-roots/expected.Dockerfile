FROM debian:bookworm-slim
COPY count.sh /count.sh
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["/count.sh"]
