process.on("uncaughtExceptionMonitor",(e,o)=>{console.log("mon",e,o);}); Promise.reject(3)
