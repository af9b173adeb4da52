FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -o app .

FROM alpine:3.21
WORKDIR /root/
COPY --from=build /src/app .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app && chmod o+x /root
USER 10001:10001
CMD ["./app"]
