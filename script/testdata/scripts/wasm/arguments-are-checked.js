const { instance, attempt } = require('../assemble.js');

const W = WebAssembly;
const log = (o) => new Proxy(o, { get(target, key) { console.log('get', key); return target[key]; } });
for (const d of [{ initial: 1, maximum: 2 }, { maximum: 2 }, { initial: 1, maximum: 65537 }]) attempt(() => typeof new W.Memory(log(d)));
for (const d of [{ element: 'anyfunc', initial: 1, maximum: 2 }, { element: 'x', initial: 1 }]) attempt(() => typeof new W.Table(log(d)));
for (const d of [{ value: 'i32', mutable: 1 }, { value: 'x' }]) attempt(() => typeof new W.Global(log(d)));

for (const v of [1n, {}, 'x', '5', null, undefined, NaN, -Infinity, -0, -0.9, -1, 2 ** 32, 2 ** 32 - 0.5, 2 ** 32 - 1, 1.9, [3], true, '',
  { valueOf() { throw new Error('mine'); } }]) {
  console.log(typeof v, Array.isArray(v), String(v));
  attempt(() => new W.Memory({ initial: 0, maximum: v }).buffer.byteLength);
  attempt(() => new W.Memory({ initial: 0 }).grow(v));
  attempt(() => new W.Table({ element: 'anyfunc', initial: v }).length);
  attempt(() => new W.Table({ element: 'anyfunc', initial: 3 }).get(v));
  attempt(() => new W.Table({ element: 'anyfunc', initial: 3 }).set(v));
  attempt(() => new W.Table({ element: 'anyfunc', initial: 3 }).grow(v));
}
attempt(() => new W.Memory({ initial: Symbol('s') }));

// An argument that is undefined is not always one that is absent.
for (const value of ['i32', 'i64', 'f32', 'f64', 'externref', 'anyfunc']) {
  attempt(() => new W.Global({ value }).value);
  attempt(() => new W.Global({ value }, undefined).value);
  const set = Object.getOwnPropertyDescriptor(W.Global.prototype, 'value').set;
  const g = new W.Global({ value, mutable: true });
  attempt(() => set.call(g));
  attempt(() => { g.value = undefined; });
  attempt(() => set.call(new W.Global({ value })));
}
for (const more of [[], [undefined], [null], [5], [() => 1]]) {
  attempt(() => new W.Global({ value: 'anyfunc' }, ...more).value);
  attempt(() => new W.Table({ element: 'anyfunc', initial: 1 }, ...more).get(0));
  attempt(() => new W.Table({ element: 'anyfunc', initial: 0 }, ...more).length);
  attempt(() => new W.Table({ element: 'anyfunc', initial: 1 }).set(0, ...more));
  attempt(() => new W.Table({ element: 'anyfunc', initial: 1 }).grow(1, ...more));
  attempt(() => new W.Table({ element: 'anyfunc', initial: 1 }).grow(0, ...more));
  attempt(() => new W.Table({ element: 'externref', initial: 1 }, ...more).get(0));
}

// Vectors are no values of JavaScript.
const { v } = instance({ globals: [['v128', true, 0xfd, 12, Array(16).fill(1)]], exports: [['v', 'global', 0]] });
attempt(() => v.value);
attempt(() => v.valueOf());
attempt(() => { v.value = 1n; });
attempt(() => typeof instance({ imports: [['a', 'v', 'global', 'v128', true]] }, { a: { v } }));
for (const wrong of [1, 1n, null, undefined, {}]) attempt(() => instance({ imports: [['a', 'v', 'global', 'v128', false]] }, { a: { v: wrong } }));

// Names come as they are.
const long = (n) => 'x'.repeat(n);
for (const name of ['a"\n', 'é\u{1F600}\u0007', long(100)]) {
  attempt(() => instance({ types: [[[], []]], imports: [[name, name, 'function', 0]] }, {}));
  attempt(() => instance({ types: [[[], []]], imports: [[name, name, 'function', 0]] }, { [name]: {} }));
}
for (const name of ['a', long(50), long(51), 'é'.repeat(25)]) {
  attempt(() => instance({ types: [[[], []]], functions: [[0]], exports: [[name, 'function', 0], [name, 'function', 0]] }));
}

// Several results come from whatever can be iterated, which is asked once.
const several = (value) => attempt(() => instance({
  types: [[[], ['i32', 'i64']]], imports: [['a', 'f', 'function', 0]], functions: [[0, 0x10, 0]], exports: [['f', 'function', 1]],
}, { a: { f: () => value } }).f());
several('ab');
several({ get [Symbol.iterator]() { console.log('is read'); return () => [1, 2n].values(); } });
several({ get [Symbol.iterator]() { console.log('is read'); return function* () { yield this.first; yield 3n; }; }, first: 7 });
