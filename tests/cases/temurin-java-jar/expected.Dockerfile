FROM eclipse-temurin:21-jre
WORKDIR /opt/app
COPY target/app.jar app.jar
EXPOSE 8080
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /opt/app
USER 10001:10001
ENTRYPOINT ["java", "-jar", "app.jar"]
