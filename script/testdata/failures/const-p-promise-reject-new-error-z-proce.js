const p=Promise.reject(new Error("z")); process.on("unhandledRejection",()=>{}); process.on("rejectionHandled",(q)=>console.log("handled",q===p)); setTimeout(()=>p.catch(()=>console.log("caught")),5)
