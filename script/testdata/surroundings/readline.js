// Copyright 2026 The duplex authors. MIT license.

const readline=require('readline');const {Readable}=require('stream');
(async()=>{const rl=readline.createInterface({input:Readable.from(['a\r','\nb\n\nc\u2028d','e\r\rf']),crlfDelay:Infinity});
const it=rl[Symbol.asyncIterator](); for(let s=await it.next();!s.done;s=await it.next()) console.log(JSON.stringify(s.value)); console.log('done');
const rp=require('readline/promises').createInterface({input:Readable.from(['x\ny\n'])}); console.log(await rp.question('?')); rp.close();
const w={write(t){console.log(JSON.stringify(t));return true}}; readline.cursorTo(w,1,2);readline.cursorTo(w,1);readline.clearLine(w,0);readline.moveCursor(w,-1,2);readline.clearScreenDown(w);
try{readline.createInterface({input:process.stdin,completer:'x'})}catch(e){console.log(e.message)}
})();
