const { instance, attempt } = require('../assemble.js');

const get = (i) => [0x20, i];
const m = {
  types: [[[], ['i32']], [['i32'], []], [[], ['i64']]],
  imports: [['env', 'i', 'global', 'i32', true], ['env', 'n', 'global', 'f64', false], ['env', 'b', 'global', 'i64', false]],
  functions: [[0, 0x23, 0], [1, get(0), 0x24, 0], [2, 0x23, 2]],
  globals: [['i32', true, 0x41, 7], ['i64', false, 0x42, 0x7f], ['f64', false, 0x23, 1]],
  exports: [['get', 'function', 0], ['set', 'function', 1], ['big', 'function', 2], ['i', 'global', 0], ['own', 'global', 3], ['minus', 'global', 4],
    ['copy', 'global', 5], ['n', 'global', 1]],
};
const i = new WebAssembly.Global({ value: 'i32', mutable: true }, 5);
const e = instance(m, { env: { i, n: 2.5, b: 2n ** 40n } });
console.log(e.i === i, e.own, e.own.value, e.minus.value, e.copy.value, e.n.value, e.big());
e.set(9);
console.log(i.value, e.get(), i.valueOf());
i.value = -1;
console.log(e.get(), `${i}`, i + 1);
e.own.value = '12';
console.log(e.own.value);
attempt(() => { e.minus.value = 1n; });
attempt(() => { e.own.value = 1n; });
attempt(() => { e.own.value = Symbol('s'); });
const other = instance(m, { env: { i, n: new WebAssembly.Global({ value: 'f64' }, 1.5), b: new WebAssembly.Global({ value: 'i64' }, 3n) } });
other.set(33);
console.log(e.get(), other.n.value, other.big());
const with_ = (env) => attempt(() => instance(m, { env: { i, n: 1, b: 1n, ...env } }).get());
with_({ i: 5 });
with_({ i: new WebAssembly.Global({ value: 'i32' }, 5) });
with_({ i: new WebAssembly.Global({ value: 'i64', mutable: true }, 5n) });
with_({ n: 5n });
with_({ n: '5' });
with_({ b: 5 });
with_({ n: undefined });
const extern = { imports: [['env', 'x', 'global', 'externref', false]], exports: [['x', 'global', 0]] };
console.log(instance(extern, { env: { x: null } }).x.value);

{
  // An object is no number, whatever it holds.
  const { assemble } = require('../assemble.js');
  for (const [type, value] of [['i64', Object(3n)], ['i64', 3n], ['i32', Object(3)], ['f64', { get x() { throw new Error('is read'); } }]]) {
    const module = new WebAssembly.Module(assemble({ imports: [['a', 'g', 'global', type, false]] }));
    try {
      console.log(new WebAssembly.Instance(module, { a: { g: value } }));
    } catch (error) {
      console.log(error.name);
    }
  }
}
