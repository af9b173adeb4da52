FROM alpine:3.20 AS web
CMD ["sleep", "1d"]

FROM alpine:3.20 AS worker
CMD ["sleep", "2d"]

FROM alpine:3.20 AS test
CMD ["sh"]
