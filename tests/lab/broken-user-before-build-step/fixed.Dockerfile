FROM alpine:3.21
WORKDIR /opt/site
USER 10001:10001
RUN echo hi > index.html
EXPOSE 8080
CMD ["busybox", "httpd", "-f", "-p", "8080"]
