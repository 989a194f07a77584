const { assemble, instance, attempt } = require('../assemble.js');

const get = (i) => [0x20, i];
const e = instance({
  types: [[['i32', 'i32'], ['i32']], [['i64'], ['i64']], [['f32'], ['f32']], [['f64'], ['f64']], [['i32', 'i64'], ['i64', 'i32']], [[], []],
    [['externref'], ['externref']]],
  functions: [
    [0, get(0), get(1), 0x6a],
    [1, get(0)],
    [2, get(0)],
    [3, get(0)],
    [4, get(1), get(0)],
    [5],
    [6, get(0)],
  ],
  exports: [['add', 'function', 0], ['i64', 'function', 1], ['f32', 'function', 2], ['f64', 'function', 3], ['swap', 'function', 4],
    ['nothing', 'function', 5], ['extern', 'function', 6], ['again', 'function', 0]],
});
console.log(e, Object.isFrozen(e), Object.keys(e));
console.log(e.add === e.again, e.add.name, e.add.length, String(e.add), typeof e.add.prototype, e.swap.name, e.swap.length);
console.log(Object.getOwnPropertyDescriptor(e.add, 'name'), Object.getOwnPropertyDescriptor(e.add, 'length'), Object.getOwnPropertyDescriptor(e, 'add'));
attempt(() => new e.add());
for (const [a, b] of [[1, 2], [2147483647, 1], [4294967295, 0], [-1, -1], [1.9, '2'], [NaN, Infinity], [1e20, 0], [], [null, true], ['x', {}],
  [{ valueOf: () => 7 }, [3]], [-0, -0.5], [2 ** 53, 1]]) console.log(a, b, e.add(a, b));
console.log(e.add(1, 2, 3), e.add.call(5, 1, 2));
attempt(() => e.add(1n, 2));
attempt(() => e.add(Symbol('s'), 2));
attempt(() => e.add({ valueOf() { throw new RangeError('mine'); } }, 2));
for (const n of [0n, -1n, 2n ** 63n, 2n ** 64n + 5n, -(2n ** 63n), '12', true, [9n]]) attempt(() => e.i64(n));
for (const n of [1, undefined, null, 'x', 1.5]) attempt(() => e.i64(n));
for (const n of [0.1, -0, NaN, Infinity, 1e40, '5', undefined, 16777217]) console.log(e.f32(n), e.f64(n));
attempt(() => e.f64(1n));
console.log(e.swap(1, 2n), e.nothing(), e.swap.call(null, -1, -1n));
const object = {};
console.log(e.extern(object) === object, e.extern(), e.extern(null), e.extern('text'), e.extern(5n), e.extern(e.add) === e.add);

// An object is converted once, as for a number, and nothing else of it is read.
const pick = { get other() { throw new Error('is read'); }, valueOf: () => 2 };
const exotic = { [Symbol.toPrimitive]: (hint) => (hint === 'number' ? 7n : 'text') };
for (const n of [pick, exotic, {}, () => 1, Object(3n), Object(3), new Date(5), [], [3], { valueOf: () => 5n }, { valueOf: () => ({}), toString: () => '6' },
  { valueOf: () => ({}), toString: () => ({}) }, new Proxy({}, { get: () => () => 4 })]) {
  for (const convert of [(v) => e.add(v, 0), e.i64, e.f32, e.f64]) attempt(() => String(convert(n)));
}
const bits = instance({ types: [[['f64'], ['i64']]], functions: [[0, get(0), 0xbd]], exports: [['f', 'function', 0]] });
console.log(bits.f(NaN).toString(16));
