console.log(new Error("a") instanceof Error, Error.name, Error.length, TypeError.name, Object.getPrototypeOf(TypeError)===Error, Error("x").message, Object.getOwnPropertyNames(new Error("m")))
