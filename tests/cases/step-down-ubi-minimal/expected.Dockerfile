FROM redhat/ubi9-minimal
COPY server /usr/local/bin/
# Start as root, and step down to app (10001:10001) (CIS Docker Benchmark 4.1)
RUN { { command -v setpriv && command -v find; } > /dev/null || { microdnf install -y util-linux findutils && microdnf clean all; }; } \
 && echo 'app:x:10001:' >> /etc/group && echo 'app:x:10001:10001::/home/app:/sbin/nologin' >> /etc/passwd \
 && mkdir -p /home/app /data \
 && chown 10001:10001 /home/app /data
VOLUME /data
COPY --chmod=0755 step-down.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/step-down.sh"]
CMD ["server"]
