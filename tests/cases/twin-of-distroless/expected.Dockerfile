FROM golang:1.23 AS build
COPY . /src
RUN go build -C /src -o /server
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /server /server
ENTRYPOINT ["/server"]
