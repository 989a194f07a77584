// Copyright 2026 The duplex authors. MIT license.

// Empty objects in indented JSON, negative fractions in another radix, expressions with
// the flag y, and optional calls of optional chains.

'use strict';

for (const value of [{ b: {}, a: [1] }, { b: [], a: [{}, [{ c: [] }], 'x{\n}', '{}'] }, { b: { x: undefined }, a: { c: 1 } }, [[], [1], {}], {}, [], '{}']) {
  for (const space of [2, '\t', '--', 20, undefined, '', new Number(1)]) console.log(JSON.stringify(value, null, space));
}
console.log(JSON.stringify({ b: { z: 1 }, a: [1] }, ['b', 'a'], 2), JSON.stringify([{ x() {} }, { y: 1 }], (k, v) => v, 1), JSON.stringify.length);
for (const x of [-0.1, -1e-7, -255.5, -5, -0, 0.5, NaN, -Infinity]) console.log(x.toString(2), x.toString(16), x.toString(), Object(x).toString(8));
console.log(Number.prototype.toString.call(new Number(-0.5), 2), Number.prototype.toString.length);
for (const wrong of [() => (1).toString(1), () => (-1).toString(37)]) try { wrong(); } catch (error) { console.log(error.name, error.message); }

console.log('éa1'.replace(/a/y, 'X'), 'ba'.replace(/a/y, 'X'), 'aaéa'.replace(/a/gy, 'X'), 'éa1'.replace(new RegExp('a', 'y'), 'X'));
const sticky = /a/y;
sticky.lastIndex = 1;
console.log('éaa'.replace(sticky, 'X'), sticky.lastIndex, 'éaa'.split(sticky), 'éa1 😀b22'.split(/\b\w+\b/gu), 'éa'.search(/a/y), 'aéa'.match(/a/gy));

for (const o of [undefined, null, { m() { return this?.q; }, q: 5 }]) {
  console.log([1, (o?.m)?.(), 2, (o?.m)?.().x?.y, (o?.q)?.toFixed(1), delete o?.q]);
}
