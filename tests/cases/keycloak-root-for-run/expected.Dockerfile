FROM quay.io/keycloak/keycloak:25.0
USER root
RUN mkdir -p /opt/keycloak/extra
# Run as 1000, not as root (CIS Docker Benchmark 4.1)
USER 1000
ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]
