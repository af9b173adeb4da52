// Keeps each line that it is sent in a file of the working directory.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", ":9000")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on :9000")
	for {
		conn, err := listener.Accept()
		if err != nil {
			continue
		}
		go keep(conn)
	}
}

func keep(conn net.Conn) {
	defer conn.Close()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return
	}
	file, err := os.OpenFile("notes.txt", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		fmt.Fprintln(conn, "ERR")
		return
	}
	defer file.Close()
	fmt.Fprint(file, line)
	fmt.Fprintln(conn, "OK")
}
