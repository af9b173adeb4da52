FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -o /server .

FROM gcr.io/distroless/static-debian12
COPY --from=build /server /server
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
CMD ["/server"]
