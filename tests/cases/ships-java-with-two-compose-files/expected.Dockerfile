FROM eclipse-temurin:21-jdk AS build
WORKDIR /src
COPY Main.java .
RUN javac -d /classes Main.java

FROM eclipse-temurin:21-jre AS prod
COPY --from=build /classes /classes
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app
USER 10001:10001
ENTRYPOINT ["java", "-cp", "/classes", "Main"]

FROM build AS dev
# Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)
RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /src
USER 10001:10001
ENTRYPOINT ["java", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005", "-cp", "/classes", "Main"]

FROM build AS dev-envs
RUN apt-get update && apt-get install -y --no-install-recommends git
