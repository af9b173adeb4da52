variable "STAGE" {
  default = "worker"
}

target "api" {
  target = "api"
}

target "one" {
  target = "${STAGE}"
}

target "all" {
  name = "all-${item}"
  matrix = {
    item = ["worker", "cron"]
  }
  target = item
}
