// Copyright 2026 The duplex authors. MIT license.

// Digits beyond what a number holds, negative numbers that are rounded up, groups with
// names in expressions with the flag u, and halves of pairs of surrogates in JSON.

'use strict';

for (const text of ['1' + '0'.repeat(32), '9007199254740993', '123456789012345678901234567890', '0x123456789012345678901', '9'.repeat(400),
  '-0', '-0.5', '-12px', '0x', '0X1fg', '+7', '\u00a0\ufeff\n8', '\u00858', '', '-', '1e3', 'Infinity', '0b1', '1_0', ' 0x1F', '-0x10', null, [12, 3], 1e21, 0.0000005, -0]) {
  console.log(String(text), parseInt(text), parseInt(text, 16), parseInt(text, 36), parseInt(text, 10.9), parseInt(text, '2'), parseInt(text, 4294967298), parseInt(text, 1));
}
console.log(Number.parseInt === parseInt, parseInt.length, parseInt.name, ['1', '2', '3'].map(parseInt), parseInt('11'.repeat(40), 2));
for (const wrong of [Symbol('x'), Object.create(null)]) try { parseInt(wrong); } catch (error) { console.log(error.name); }

for (const x of [-999.9999999, -99999, -0.09999, -9.9999, -1, -0, -1e21 + 2147483647, -1e21, -Infinity, NaN, -2.5, -1.45]) {
  console.log(x, x.toExponential(4), x.toExponential(), x.toPrecision(3), x.toPrecision(), x.toFixed(2), x.toFixed());
}
console.log((-9.99).toFixed.length, (5).toFixed.name);
for (const wrong of [() => (-1).toFixed(101), () => (1).toPrecision(0)]) try { wrong(); } catch (error) { console.log(error.name, error.message); }

console.log('\u20281'.replace(/(?<q>\d+)/u, '<$<q>>'), '😀12'.replace(/(?<q>\d)/gu, '[$<q>$1$&]'), '\u20281'.replace(new RegExp('(?<q>\\d+)', 'u'), '<$<q>>'));
console.log(/(?<q>\d)/u.source, String(/(?<q>\d)/giu), new RegExp(/(?<q>a)/u, 'u'), new RegExp('(?<q>/)', 'u').source);
console.log('😀1'.replace(/(?<q>\d)|(?<r>z)/gu, '[$<r>$<q>]'), '😀1'.replace(/(?<q>\d)/u, (...all) => all.at(-1).q), /(?<q>.)/u.exec('😀').groups.q.length);
console.log('é1.0'.replace(/(?<q>\d+)/u, '<$<q>>'), 'é1.0'.replace(/(?<=.)\d/u, '<$&>'), '😀11.22'.replace(/(\d)\1/u, '<$1>'), 'é1.0'.replace(new RegExp('(?!x)\\d', 'u'), '<$&>'), 'é1.0'.replaceAll(/(?=.)\d/gu, '<$&>'));
console.log('é1.0'.split(/(?<q>\d)/u), 'é1.0'.split(/(?=\d)/u), 'é1.0'.search(/(?<=\.)\d/u), 'é1.0'.match(/(?<q>\d)/u).index);

const show = (value) => console.log(JSON.stringify(value), value);
show(JSON.parse(JSON.stringify('a😀b'.split(''))));
show(JSON.parse('{"\\ud83d": "\\uDE00x", "pair": "\\ud83d\\ude00", "no": "\\\\ud83d", "\\uf8ff": ["\\ude00\\ud83d"]}'));
show(JSON.parse('["\ud83d", 1]', function (key, value) { return key === '0' ? [value, this.length] : value; }));
show(JSON.parse('{"a": "\\ud83d", "b": {"c": 1}}', (key, value) => (key === 'c' ? undefined : value)));
try { JSON.parse('["\\ud83d"'); } catch (error) { console.log(error.name); }
