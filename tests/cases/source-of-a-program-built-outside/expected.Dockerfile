FROM eclipse-temurin:21-jre
COPY target/orders.jar /app.jar
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
ENTRYPOINT ["java", "-jar", "/app.jar"]
