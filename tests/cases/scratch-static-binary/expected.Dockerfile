FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /server .

FROM scratch
COPY --from=build /server /server
# Run as 65532:65532, not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
ENTRYPOINT ["/server"]
