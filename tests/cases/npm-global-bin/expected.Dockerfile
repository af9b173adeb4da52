FROM node:20
RUN npm install -g serve
COPY dist /dist
# Run as node (1000:1000), not as root (CIS Docker Benchmark 4.1)
USER 1000:1000
CMD ["serve", "/dist"]
