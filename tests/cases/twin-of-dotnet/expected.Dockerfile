FROM mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled AS run
WORKDIR /app
COPY publish .
ENTRYPOINT ["dotnet", "shop.dll"]
