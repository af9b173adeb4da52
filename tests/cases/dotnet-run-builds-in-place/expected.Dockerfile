FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY . .
# Run as app (1654:1654), not as root (CIS Docker Benchmark 4.1)
RUN chown 1654:1654 /src
USER 1654:1654
ENTRYPOINT ["dotnet", "run", "--project", "App"]
