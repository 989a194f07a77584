process.exitCode=9; throw 1
