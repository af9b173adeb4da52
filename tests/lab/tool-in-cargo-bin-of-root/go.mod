module chimes

go 1.19
