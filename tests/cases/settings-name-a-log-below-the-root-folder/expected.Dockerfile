FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /src
COPY . .
RUN mvn -q package
FROM eclipse-temurin:21-jre
COPY --from=build /src/target/shop.jar /shop.jar
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && mkdir -p /logs && chown 10001:10001 /logs
USER 10001:10001
ENTRYPOINT ["java", "-jar", "/shop.jar"]
