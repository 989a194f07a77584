new (require("events"))().emit("error", 3)
