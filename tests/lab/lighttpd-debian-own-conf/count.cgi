printf "Content-Type: text/plain\r\n\r\n"
wc -c
