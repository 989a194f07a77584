throw Symbol("a")
