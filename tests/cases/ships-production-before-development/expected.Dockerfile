FROM node:22-slim AS build
WORKDIR /site
COPY package.json index.html ./
RUN npm install && mkdir dist && cp index.html dist/

FROM nginxinc/nginx-unprivileged:1.27-alpine AS preview
COPY --from=build /site/dist /usr/share/nginx/html

FROM nginx:1.27-alpine AS production
COPY --from=build /site/dist /usr/share/nginx/html
# Run as nginx (101:101), not as root (CIS Docker Benchmark 4.1)
RUN touch /run/nginx.pid \
 && chown 101:101 /etc/nginx/conf.d /etc/nginx/conf.d/default.conf /run/nginx.pid \
 && chown -R 101:101 /var/cache/nginx
USER 101:101

FROM build AS development
CMD ["npx", "vite", "--host"]
