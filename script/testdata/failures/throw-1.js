throw [1]
