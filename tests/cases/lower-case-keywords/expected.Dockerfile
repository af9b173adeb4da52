from debian:bookworm-slim
copy server /usr/local/bin/server
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
run groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
user 10001:10001
cmd ["server"]
