FROM eclipse-temurin:21-jre
WORKDIR /app
COPY shop.jar .
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /dumps /logs && chown 10001:10001 /app /dumps /logs
USER 10001:10001
CMD ["java", "-Xlog:gc*:file=/logs/gc.txt:time", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:HeapDumpPath=/dumps", "-jar", "shop.jar"]
