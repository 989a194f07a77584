// Copyright 2026 The duplex authors. MIT license.

'use strict';

const o = { a: { b: [1, 2] }, n: null };
console.log(o?.a?.b?.[1], o.x?.y.z, o.n ?? 'default', o.f?.(), (o.q ??= 5), (o.q ||= 6), (o.q &&= 7));
const { a: { b: [first, ...rest] }, ...others } = o;
console.log(first, rest, others, 1_000_000, 2 ** 10, 0b101, 0o17, 10n ** 20n);
console.log([1, [2, [3]]].flat(Infinity), [3, 1, 2].toSorted(), [1, 2, 3].findLast((x) => x < 3), [1, 2].at(-1), Object.fromEntries([['a', 1]]));
console.log('a-b-c'.replaceAll('-', '+'), 'x'.padStart(3, '.'), [...'a1b2'.matchAll(/\d/g)].map((m) => m[0]), Object.hasOwn({ a: 1 }, 'a'));
console.log(/(?<year>\d{4})/.exec('in 2026').groups.year, /(?<=\$)\d+/.exec('$42')[0], 'aBc'.at(1));
const tag = (strings, ...values) => strings.raw.join('|') + values.join(',');
console.log(tag`a${1}\n${2}c`, typeof globalThis, [..."😀"].length);
label: for (const i of [1, 2]) for (const j of [1, 2]) { if (j === 2) continue label; console.log(i, j); }
