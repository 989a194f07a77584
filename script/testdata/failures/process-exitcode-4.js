process.exitCode=4
