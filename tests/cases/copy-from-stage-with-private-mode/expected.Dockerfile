FROM golang:1.22 AS build
WORKDIR /src
RUN printf 'package main\nfunc main() { println("hi") }\n' > main.go && go build -o /out/hello main.go
from gcr.io/distroless/static-debian12:latest
COPY --chown=65532:65532 --from=build --chmod=0700 /out/hello /hello
# Run as nonroot (65532:65532), not as root (CIS Docker Benchmark 4.1)
USER 65532:65532
ENTRYPOINT ["/hello"]
