FROM eclipse-temurin:21-jre
COPY app.jar /app.jar
EXPOSE 80
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
CMD ["java", "-jar", "/app.jar"]
