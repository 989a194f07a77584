process.on("exit",c=>console.log(c,process.exitCode)); process.exit(2)
