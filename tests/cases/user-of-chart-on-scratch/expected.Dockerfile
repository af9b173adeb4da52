FROM golang:1.23 AS build
WORKDIR /src
COPY main.go .
RUN CGO_ENABLED=0 go build -o /app main.go

FROM scratch
COPY --from=build /app /app
# Run as 4000:4000, not as root (CIS Docker Benchmark 4.1)
USER 4000:4000
CMD ["/app"]
