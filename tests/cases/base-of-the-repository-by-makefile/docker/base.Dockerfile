FROM alpine:3.20
RUN addgroup -g 1234 app && adduser -D -u 1234 -G app app
