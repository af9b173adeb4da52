FROM elixir:1.16-slim AS build
WORKDIR /src
COPY . .
RUN mix local.hex --force && MIX_ENV=prod mix release
FROM debian:bookworm-slim
COPY --from=build /src/_build/prod/rel/shop /opt/shop
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /opt/shop/tmp && chown 10001:10001 /opt/shop/tmp
USER 10001:10001
CMD ["/opt/shop/bin/shop", "start"]
