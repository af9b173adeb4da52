target "web" {
  target = "web
