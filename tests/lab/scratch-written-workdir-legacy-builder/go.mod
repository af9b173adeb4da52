module abacus

go 1.19
