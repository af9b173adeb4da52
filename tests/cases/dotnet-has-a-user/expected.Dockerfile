FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish -c Release -o /out

FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /out .
# Run as app (1654:1654), not as root (CIS Docker Benchmark 4.1)
RUN chown 1654:1654 /app
USER 1654:1654
ENTRYPOINT ["dotnet", "App.dll"]
