// Keeps a ledger in a folder that it names itself.
package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	folder := filepath.Join("/", strings.ToLower("LEDGER"), "pages")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		log.Fatal(err)
	}
	page := filepath.Join(folder, "1")
	if err := os.WriteFile(page, []byte("opened\n"), 0o644); err != nil {
		log.Fatal(err)
	}
	log.Print("ready")
	log.Fatal(http.ListenAndServe(":8080", http.FileServer(http.Dir(folder))))
}
