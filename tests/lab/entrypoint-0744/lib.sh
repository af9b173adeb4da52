season() {
  echo "it is harvest time"
}
