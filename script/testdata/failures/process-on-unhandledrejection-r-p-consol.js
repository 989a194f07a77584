process.on("unhandledRejection",(r,p)=>{console.log("ur",r,p)}); Promise.reject(3)
