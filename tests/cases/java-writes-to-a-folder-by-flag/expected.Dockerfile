FROM eclipse-temurin:21-jre
COPY app.jar /app.jar
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /data && chown 10001:10001 /data
USER 10001:10001
ENTRYPOINT ["java", "-Dapp.data=/data", "-jar", "/app.jar"]
