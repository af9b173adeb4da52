print("fruit")
