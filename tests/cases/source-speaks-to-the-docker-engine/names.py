import docker

for container in docker.from_env().containers.list():
    print(container.name)
