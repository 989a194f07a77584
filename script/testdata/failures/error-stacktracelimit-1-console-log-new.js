Error.stackTraceLimit=1; console.log(new Error("x").stack.split("\n").length)
