FROM debian:bookworm-slim AS build
RUN useradd -u 4000 -m web
USER web
RUN echo built > /tmp/server

FROM debian:bookworm-slim
COPY --from=build /tmp/server /usr/local/bin/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["server"]
