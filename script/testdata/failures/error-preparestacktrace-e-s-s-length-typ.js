Error.prepareStackTrace=(e,s)=>s.length+" "+typeof s[0].getFileName()+s[0].getLineNumber(); console.log(new Error("x").stack.slice(-8))
