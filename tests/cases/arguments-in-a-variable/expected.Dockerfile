FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends default-jdk-headless && rm -rf /var/lib/apt/lists/*
COPY . /srv/
ENV JAVA_TOOL_OPTIONS="-Xlog:gc:file=/srv/reports/gc.txt -XX:HeapDumpPath=/srv/reports"
WORKDIR /srv
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /srv /srv/reports
USER 10001:10001
CMD ["java","Beat.java"]
