console.error(new Error("shown"))
