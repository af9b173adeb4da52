// Answers every connection with a pong and closes it.
package main

import (
	"flag"
	"log"
	"net"
)

func main() {
	address := flag.String("listen", ":7000", "where to listen")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", *address)
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		conn.Write([]byte("pong\n"))
		conn.Close()
	}
}
