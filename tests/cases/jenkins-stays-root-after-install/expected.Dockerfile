FROM jenkins/jenkins:lts
USER root
RUN apt-get update && apt-get install -y make
# Run as jenkins, not as root (CIS Docker Benchmark 4.1)
USER jenkins
