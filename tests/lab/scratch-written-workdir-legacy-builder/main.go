package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
)

func main() {
	state := flag.String("state", "sum", "where the sum is kept")
	flag.Parse()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		old, _ := os.ReadFile(*state)
		sum, _ := strconv.Atoi(string(old))
		more, _ := strconv.Atoi(r.URL.Path[1:])
		if err := os.WriteFile(*state, []byte(strconv.Itoa(sum+more)), 0o644); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, sum+more)
	})
	log.Fatal(http.ListenAndServe(":8000", nil))
}
