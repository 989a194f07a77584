process.setUncaughtExceptionCaptureCallback((e)=>console.log("cap",e.message)); setTimeout(()=>console.log("still"),2); throw new Error("w")
