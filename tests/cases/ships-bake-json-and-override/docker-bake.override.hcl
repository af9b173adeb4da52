target "api" {
  target = "api"
}
