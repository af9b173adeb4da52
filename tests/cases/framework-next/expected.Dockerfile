FROM node:20
WORKDIR /srv/site
COPY package.json ./
RUN npm ci
COPY . .
RUN npm run build
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
RUN chown 1000:1000 /srv/site
USER 1000:1000
CMD ["npm", "start"]
