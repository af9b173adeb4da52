FROM eclipse-temurin:21-jre-alpine
COPY target/app.jar /app.jar
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN addgroup -g 10001 app && adduser -D -u 10001 -G app app
USER 10001:10001
ENTRYPOINT java $JAVA_OPTS -jar /app.jar
