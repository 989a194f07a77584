import("fs").then(m=>console.log(typeof m.default.readFileSync, typeof m.readFileSync))
