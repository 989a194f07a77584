Promise.reject(new Error("q"))
