FROM alpine:3.21
RUN echo 'toor:x:0:0:second root:/tmp:/bin/sh' >> /etc/passwd
USER toor
CMD ["echo", "nothing to do"]
