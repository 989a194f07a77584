const { attempt: t } = require('../assemble.js');

const W = WebAssembly;
console.log(W, Object.prototype.toString.call(W));
const without = new Set(['Tag', 'Exception']);
for (const k of Object.getOwnPropertyNames(W)) {
  if (without.has(k)) continue;
  const d = Object.getOwnPropertyDescriptor(W, k);
  console.log(k, d.enumerable, d.writable, d.configurable, d.value.length, d.value.name);
  for (const p of d.value.prototype ? Reflect.ownKeys(d.value.prototype) : []) {
    const e = Object.getOwnPropertyDescriptor(d.value.prototype, p);
    console.log('   ', p, e.enumerable, e.writable, e.configurable, e.get?.name, e.set?.name, e.value?.name ?? e.value, e.value?.length);
  }
  console.log('    own', Reflect.ownKeys(d.value).filter((key) => key !== 'arguments' && key !== 'caller'));
}
console.log(Object.getOwnPropertyDescriptor(globalThis,'WebAssembly'));
const B = (...a) => new Uint8Array([0,97,115,109,1,0,0,0,...a]);
t(() => W.Module());
t(() => new W.Module());
t(() => new W.Module(5));
t(() => new W.Module(new Uint8Array([])));
t(() => new W.Module(new Uint8Array([0,97,115])));
t(() => new W.Module(new Uint8Array([1,2,3,4,5,6,7,8])));
t(() => new W.Module(new Uint8Array([0,97,115,109,2,0,0,0])));
t(() => new W.Module(B(1,2,3)));
t(() => new W.Module(B(9)));
t(() => new W.Module(B(1,4,1,0x60,0,0, 3,2,1,0)));
const m = new W.Module(B());
console.log(m, new W.Instance(m), new W.Instance(m).exports);
t(() => new W.Instance());
t(() => new W.Instance(5));
t(() => W.Instance(m));
t(() => new W.Instance(m,5));
// imports: func env.f ()->()
const imp = B(1,4,1,0x60,0,0, 2,9,1,3,101,110,118,1,102,0,0);
const mi = new W.Module(imp);
console.log(W.Module.imports(mi), W.Module.exports(mi));
t(() => new W.Instance(mi));
t(() => new W.Instance(mi,{}));
t(() => new W.Instance(mi,{env:5}));
t(() => new W.Instance(mi,{env:{}}));
t(() => new W.Instance(mi,{env:{f:5}}));
t(() => new W.Memory());
t(() => new W.Memory({}));
t(() => new W.Memory({initial:-1}));
t(() => new W.Memory({initial:65537}));
t(() => new W.Memory({initial:2,maximum:1}));
t(() => new W.Memory({initial:1,maximum:65537}));
t(() => W.Memory({initial:1}));
t(() => new W.Memory({initial:'a'}));
t(() => new W.Memory({initial:1n}));
t(() => new W.Memory({initial:1,shared:true}));
{const e = new W.Memory({initial:1,maximum:2}); console.log(e, e.buffer);
t(() => e.grow(1));
t(() => e.grow(1));
t(() => e.grow(-1));
t(() => e.grow());
t(() => W.Memory.prototype.grow.call({},1));
t(() => W.Memory.prototype.buffer); const b = e.buffer; e.grow(0); console.log(b===e.buffer, b.byteLength);}
t(() => new W.Table());
t(() => new W.Table({}));
t(() => new W.Table({element:'x',initial:1}));
t(() => new W.Table({element:'anyfunc'}));
t(() => new W.Table({element:'anyfunc',initial:3,maximum:2}));
t(() => new W.Table({element:'anyfunc',initial:1e8}));
{const e = new W.Table({element:'anyfunc',initial:1,maximum:3}); console.log(e,e.length,e.get(0));
t(() => e.get(1));
t(() => e.set(0,() => {}));
t(() => e.set(5,null));
t(() => e.set(0,5));
t(() => e.set(0));
t(() => e.set());
t(() => e.grow(2));
t(() => e.grow(1));
t(() => e.get());
t(() => e.get('x'));
t(() => e.grow(-1)) ;
t(() => e.get(-1));
t(() => e.set(-1,null))}
{const e = new W.Table({element:'externref',initial:2},'x'); console.log(e.get(0)); e.set(0,{a:1}); console.log(e.get(0)); e.set(1); console.log(e.get(1)); e.grow(1); console.log(e.get(2)); e.grow(1,7); console.log(e.get(3)); const z = new W.Table({element:'externref',initial:1});console.log(z.get(0))}
t(() => new W.Global());
t(() => new W.Global({}));
t(() => new W.Global({value:'i32'}).value);
t(() => new W.Global({value:'i64'}).value);
t(() => new W.Global({value:'i64'},5).value);
t(() => new W.Global({value:'f32'},1.1).value);
t(() => new W.Global({value:'f64'},1.1).value);
t(() => new W.Global({value:'externref'}).value);
t(() => new W.Global({value:'externref'},null).value);
t(() => new W.Global({value:'anyfunc'}).value);
t(() => new W.Global({value:'v128'}).value);
t(() => new W.Global({value:'i32'},5).value=6);
{const g = new W.Global({value:'i32'},5); console.log(g, g.valueOf());
t(() => {g.value=6}); const h = new W.Global({value:'i32',mutable:true},5); h.value=1e10; console.log(h.value); h.value='7'; console.log(h.value);
t(() => {h.value=1n}) ;
t(() => new W.Global({value:'anyfunc'},5));
t(() => W.Global({value:'i32'}))}
t(() => new W.RuntimeError('x').stack.split('\n')[0]);
t(() => W.RuntimeError('y') instanceof W.RuntimeError); console.log(new W.LinkError('a',{cause:1}).cause, Object.getPrototypeOf(W.CompileError)===Error);
t(() => W.validate());
t(() => W.validate(B()));
t(() => W.validate(new Uint8Array(3)));
t(() => W.validate(new ArrayBuffer(0)));
t(() => W.Module.exports(5));
t(() => W.Module.customSections(m));
t(() => W.Module.customSections(m,'x'));
t(() => W.Module.customSections(m,undefined));
