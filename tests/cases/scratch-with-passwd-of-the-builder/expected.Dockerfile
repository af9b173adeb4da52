FROM golang:1.22-alpine AS build
RUN adduser -D -u 1234 web
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /server .

FROM scratch
COPY --from=build /etc/passwd /etc/passwd
COPY --from=build /server /server
# Run as web (1234:1234), not as root (CIS Docker Benchmark 4.1)
USER 1234:1234
ENTRYPOINT ["/server"]
