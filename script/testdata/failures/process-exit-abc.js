process.exit("abc")
