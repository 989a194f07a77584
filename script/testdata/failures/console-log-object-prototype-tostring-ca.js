console.log(Object.prototype.toString.call(process), process.constructor.name, process instanceof require("events"))
