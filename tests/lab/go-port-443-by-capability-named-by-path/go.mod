module lamp

go 1.19
