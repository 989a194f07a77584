process.emit("warning", new Error("manual"))
