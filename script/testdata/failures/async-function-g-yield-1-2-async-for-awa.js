async function* g(){ yield* [1,2] } (async()=>{ for await (const x of g()) console.log(x); throw new Error("after") })()
