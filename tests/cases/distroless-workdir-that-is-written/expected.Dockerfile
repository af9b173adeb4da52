FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/notes .
FROM gcr.io/distroless/static-debian12
COPY --chown=65532:65532 --from=build /out /notes
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
WORKDIR /notes
VOLUME /notes/data
ENTRYPOINT ["/notes/notes"]
