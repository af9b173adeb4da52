FROM golang:1.23 AS build
COPY . /src
RUN go build -C /src -o /server
FROM alpine:3.20
COPY --from=build /server /usr/local/bin/server
EXPOSE 443
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app \
 && apk add --no-cache libcap \
 && setcap cap_net_bind_service=+ep /usr/local/bin/server
USER 10001:10001
CMD ["/usr/local/bin/server"]
