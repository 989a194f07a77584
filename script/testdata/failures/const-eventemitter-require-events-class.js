const {EventEmitter}=require("events"); class Foo extends EventEmitter{}; const f=new Foo(); process.nextTick(()=>f.emit("error", Object.assign(new Error("boo"),{code:"EX"})))
