variable "TAG" {
  default = "latest"
}

group "default" {
  targets = ["api", "jobs"]
}

group "jobs" {
  targets = ["worker", "migrate"]
}

target "_common" {
  context   = "."
  platforms = ["linux/amd64", "linux/arm64"]
}

target "api" {
  inherits = ["_common"]
  target   = "api"
  tags     = ["acme/api:${TAG}"]
}

target "worker" {
  inherits = ["_common"]
  target   = "worker"
}

target "migrate" {
  inherits = ["worker"]
  args     = { COMMAND = "migrate" }
}
