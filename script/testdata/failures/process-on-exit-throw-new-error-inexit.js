process.on("exit",()=>{throw new Error("inexit")}); 
