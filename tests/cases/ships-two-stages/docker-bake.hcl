group "default" {
  targets = ["worker"]
}

target "_common" {
  context = "."
}

target "worker" {
  inherits = ["_common"]
  target   = "worker"
}
