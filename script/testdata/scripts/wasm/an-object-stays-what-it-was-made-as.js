// A prototype that was changed makes no object one of another class, and takes no object its own.
const { assemble, instance, attempt } = require('../assemble.js');

const W = WebAssembly;
const make = {
  Module: () => new W.Module(assemble({})),
  Instance: () => new W.Instance(new W.Module(assemble({}))),
  Memory: () => new W.Memory({ initial: 1 }),
  Table: () => new W.Table({ initial: 1, element: 'anyfunc' }),
  Global: () => new W.Global({ value: 'i32', mutable: true }, 5),
};
const uses = {
  Module: [(o) => W.Module.exports(o).length, (o) => new W.Instance(o) instanceof W.Instance],
  Instance: [(o) => Object.keys(o.exports)],
  Memory: [(o) => o.buffer.byteLength, (o) => o.grow(1)],
  Table: [(o) => o.length, (o) => o.grow(1), (o) => o.get(0), (o) => o.set(0)],
  Global: [(o) => o.value, (o) => { o.value = 4; }, (o) => o.valueOf()],
};
for (const [made, f] of Object.entries(make)) {
  for (const [as, list] of Object.entries(uses)) {
    console.log(made, 'as', as);
    const object = Object.setPrototypeOf(f(), W[as].prototype);
    for (const use of list) attempt(() => use(object));
    if (as === 'Module') W.instantiate(object).then(() => console.log(made, 'is a module'), (error) => console.log(made, error.message));
  }
  const bare = Object.setPrototypeOf(f(), null);
  for (const name of Object.keys(make)) {
    for (const [key, d] of Object.entries(Object.getOwnPropertyDescriptors(W[name].prototype))) {
      if (key !== 'constructor') attempt(() => `${made} ${name} ${key} ${typeof (d.get ?? d.value).call(bare, 0)}`);
    }
  }
  for (const type of [['memory', [1]], ['table', 'funcref', [1]], ['global', 'i32', true]]) {
    attempt(() => typeof instance({ imports: [['a', 'm', ...type]] }, { a: { m: bare } }));
  }
}
for (const key of ['grow', 'get', 'set']) attempt(() => W.Table.prototype[key].call(undefined, 0));

// So it is with the bytes of a module.
for (const bytes of [
  Object.create(ArrayBuffer.prototype), Object.setPrototypeOf(new ArrayBuffer(8), null), Object.setPrototypeOf(new Uint8Array(8), null),
  Object.setPrototypeOf(new DataView(new ArrayBuffer(8)), null), Object.setPrototypeOf(new Uint8Array(8), DataView.prototype),
  Object.create(Uint8Array.prototype), [1, 2, 3], new Float64Array(1), new Proxy(new Uint8Array(8), {}),
]) attempt(() => new W.Module(bytes));

// Nor is the prototype of a class changed.
for (const name of Object.keys(make)) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(W[name], 'prototype');
  console.log(name, rest, Reflect.set(W[name], 'prototype', {}), make[name]() instanceof W[name]);
}
