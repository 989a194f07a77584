// Copyright 2026 The duplex authors. MIT license.

// Sorting with comparators that contradict themselves, and in what order they are asked.
const asked = [];
const by = (f) => (a, b) => (asked.push([a, b]), f(a, b));
for (const f of [(a, b) => a - b, (a, b) => a > b, (a, b) => b > a, () => -1, () => 1, () => 0, (a, b) => a < b, () => undefined, (a, b) => String(b > a)]) {
  for (const list of [[5, 1, 4], [3, 2, 1, 0], [1, 2, 3], [2, , undefined, 1], [true, '2.00', 'C', 1], [9, 8, 7, 1, 2, 3, 5, 4, 6, 0], [1], []]) {
    console.log(list.slice().sort(by(f)), asked.splice(0).join(' '), list.toSorted(f).length);
  }
}
console.log([3, 1, 2].sort(), Array.prototype.sort.call({ length: 2, 0: 2, 1: 1 }, (a, b) => a - b), Array.prototype.sort.length, Array.prototype.sort.name);
try { [1].sort(5); } catch (e) { console.log(e.message); }
const many = Array.from({ length: 200 }, (_, i) => (i * 7919) % 211); console.log(many.sort((a, b) => b - a).slice(0, 5), many.toSorted((a, b) => a - b).slice(0, 3));
console.log([-0].includes(0), [0].includes(-0), [1].includes(0), [NaN].includes(NaN), [-0].includes(0, 1));
for (const n of [-1, Infinity, 2 ** 30, 0, 2.9, '2', NaN]) try { console.log('ab'.repeat(n)); } catch (e) { console.log(e.name, e.message); }
console.log('abc'.anchor('x"y'), 'abc'.big(), 'abc'.link('u'), 'abc'.fontcolor('red'), 'a'.bold.length, 'a'.link.length);
console.log(['10', '2', 'a1', 'a10', 'a2', 'A3', 'b'].sort((a, b) => a.localeCompare(b, undefined, { numeric: true })), ['file10.txt', 'file9.txt', 'file1.txt'].sort((a, b) => a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' })));
console.log('a'.localeCompare('A', undefined, { sensitivity: 'base' }), 'a'.localeCompare('á', 'en', { sensitivity: 'base' }), 'a'.localeCompare('á', 'en', { sensitivity: 'accent' }), 'a'.localeCompare('A', 'en', { sensitivity: 'accent' }), 'a'.localeCompare('b', 'en', {}), 'a'.localeCompare('B'));
console.log(new RegExp('a/b').source, /[/]/.source, /\//.source, new RegExp('a/b'), String(new RegExp('[/]/')), RegExp.prototype.source, /a/.source);
console.log(['\u2028', '\u00a05', '5\u2003', 'x', '', null, undefined, {}].map((v) => [isNaN(v), isFinite(v)]).join(';'), isNaN.length, isFinite.name);
console.log([undefined, '-3', {}, null, -0, 7].map((v) => Math.sign(v)), Math.sign());
