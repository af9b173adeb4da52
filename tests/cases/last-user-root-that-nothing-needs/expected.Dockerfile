FROM debian:bookworm-slim
RUN useradd -m -u 4000 app
USER app
WORKDIR /home/app
COPY server .
USER app
CMD ["./server"]
