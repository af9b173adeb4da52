FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /app
COPY . .
RUN dotnet tool install -g dotnet-ef
# Run as app (1654:1654), not as root (CIS Docker Benchmark 4.1)
RUN chown 1654:1654 /app
USER 1654:1654
ENTRYPOINT ["dotnet", "out/App.dll"]
