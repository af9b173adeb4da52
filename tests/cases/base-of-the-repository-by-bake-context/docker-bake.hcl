target "base" {
  context = "base"
}

target "api" {
  context = "api"
  contexts = {
    base = "target:base"
  }
}
