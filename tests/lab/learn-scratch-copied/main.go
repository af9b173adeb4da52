// Counts its starts in a file that the image brings.
package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	file := filepath.Join("/", strings.ToLower("COUNTS"), "starts")
	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "1\n"...), 0o644); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(":8080", http.FileServer(http.Dir(filepath.Dir(file)))))
}
