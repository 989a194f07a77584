// Copyright 2026 The duplex authors. MIT license.

// Lists of all kinds, made by numbers that are the same everywhere.
const { inspect } = require('util');

let seed = 1;
const next = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff, (seed >> 8) % n);
const words = ['a', 'bc', 'déf', '中文', "it's", 'line\nbreak', 'x'.repeat(20), 'y'.repeat(75), '', '😀', 'e\u0301'];
const kinds = [
  () => next(10), () => next(100000), () => -next(1000) / 8, () => words[next(words.length)], () => words[next(3)],
  () => next(2) === 0, () => null, () => undefined, () => BigInt(next(1000)), () => [next(5)], () => ({ k: next(99) }),
  () => ({ a: { b: { c: { d: next(3) } } } }), () => new Map([[next(9), words[next(8)]]]), () => new Set([next(9)]),
  () => new Date(next(1e6) * 1000), () => Symbol(words[next(4)]), () => Array(next(4)), () => function f() {},
];
for (let round = 0; round < 250; round++) {
  const some = Array.from({ length: 1 + next(3) }, () => kinds[next(kinds.length)]);
  const list = Array.from({ length: next(40) }, () => some[next(some.length)]());
  if (next(8) === 0) list.extra = next(100);
  if (next(8) === 0) list.length += next(3);
  const value = [list, { list }, { deep: { list, more: list.length } }, new Set(list), new Map(Array.from(list, (v, i) => [i, v]))][next(5)];
  const options = [{}, {}, {}, { depth: 4 }, { compact: next(5) }, { compact: false }, { compact: true }, { breakLength: 20 + next(100) },
    { maxArrayLength: next(20) }, { colors: true }, { sorted: true }, { showHidden: true }, { maxStringLength: next(20) },
    { breakLength: Infinity }][next(14)];
  console.log(round, inspect(options), inspect(value, options));
}
