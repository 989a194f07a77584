const { assemble, instance, attempt } = require('../assemble.js');

const get = (i) => [0x20, i];
const m = {
  types: [[['i32', 'f64'], ['i32']], [['i64'], ['i64']], [[], ['i32', 'i64']], [[], []]],
  imports: [['env', 'log', 'function', 0], ['env', 'big', 'function', 1], ['env', 'pair', 'function', 2], ['other', 'void', 'function', 3]],
  functions: [[0, get(0), get(1), 0x10, 0], [1, get(0), 0x10, 1], [2, 0x10, 2], [3, 0x10, 3]],
  exports: [['log', 'function', 4], ['big', 'function', 5], ['pair', 'function', 6], ['void', 'function', 7], ['direct', 'function', 0]],
};
const compiled = new WebAssembly.Module(assemble(m));
console.log(WebAssembly.Module.imports(compiled), WebAssembly.Module.exports(compiled));
let result = 5;
const log = function (...args) {
  console.log('log', args, this === globalThis);
  return typeof result === 'function' ? result() : result;
};
const other = { get void() { console.log('void is read'); return () => { throw new TypeError('of the import'); }; } };
const instanceOf = new WebAssembly.Instance(compiled, { env: { log, big: (n) => n * 2n, pair: () => [1, 2n] }, other });
const e = instanceOf.exports;
console.log(instanceOf, instanceOf.exports === e, instanceOf instanceof WebAssembly.Instance);
console.log(e.log(1, 2.5));
for (result of ['7', undefined, null, 4294967296.5, {}]) console.log(e.log(0, 0));
result = 1n;
attempt(() => e.log(0, 0));
console.log(e.big(2n ** 62n));
console.log(e.pair());
attempt(() => e.void());
const thrown = { not: 'an error' };
result = () => { throw thrown; };
try {
  e.log(0, 0);
} catch (error) {
  console.log(error === thrown);
}
result = 1;
console.log(e.direct === log, e.direct(1, 2), e.direct.name, e.direct.length);
const pair = (value) => attempt(() => new WebAssembly.Instance(compiled, { env: { log, big() {}, pair: () => value }, other }).exports.pair());
pair([1]);
pair(new Set([3, 4n]));
pair(['8', 1]);
attempt(() => new WebAssembly.Instance(compiled, { env: { log, big: 1, pair() {} }, other }));
attempt(() => new WebAssembly.Instance(compiled, { env: { log, pair() {} }, other }));
attempt(() => new WebAssembly.Instance(compiled, { env: { log, big() {}, pair() {} } }));
attempt(() => new WebAssembly.Instance(compiled));
attempt(() => new WebAssembly.Instance(compiled, null));

// A function of a module's is itself when another module imports and exports it.
const pass = { types: [[['i32'], ['i32']]], imports: [['a', 'f', 'function', 0]], exports: [['g', 'function', 0]] };
const { square } = instance({ types: pass.types, functions: [[0, get(0), get(0), 0x6c]], exports: [['square', 'function', 0]] });
const { g } = instance(pass, { a: { f: square } });
console.log(g === square, g(9));
attempt(() => instance(pass, { a: { f: e.big } }));
attempt(() => instance({ ...pass, types: [[['v128'], []]] }, { a: { f() {} } }).g());

// The function that starts an instance may be one of JavaScript's.
for (const exported of [[], [['f', 'function', 0]]]) {
  instance({ types: [[[], []]], imports: [['a', 'f', 'function', 0]], exports: exported, start: 0 }, { a: { f: () => console.log('started') } });
}
attempt(() => instance({ types: [[[], []]], imports: [['a', 'f', 'function', 0]], start: 0 }, { a: { f() { throw new SyntaxError('mine'); } } }));
