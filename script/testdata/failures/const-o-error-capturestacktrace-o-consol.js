const o={}; Error.captureStackTrace(o); console.log(typeof o.stack, o.stack.split("\n")[0])
