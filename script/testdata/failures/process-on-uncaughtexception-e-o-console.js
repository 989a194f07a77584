process.on("uncaughtException",(e,o)=>{console.log(e,o); throw new Error("second")}); throw 1
