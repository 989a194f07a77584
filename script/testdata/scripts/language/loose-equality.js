// Copyright 2026 The duplex authors. MIT license.

// The text of a number equals the number, whichever comes first.

const VS = [0, -0, 1, -1, 1.5, NaN, Infinity, 10, 80, 1e21, '0', '-0', '1', '01', '1.0', '1e1', '80.0', ' 80', '80 ', '', ' ', 'a', 'NaN', 'Infinity', true, false, null, undefined, 0n, 1n, 10n, -1n, [], [1], [10], ['1e1'], {}, '0x0A', '1e21', '1000000000000000000000', '9007199254740993', 9007199254740992, 9007199254740993n, { valueOf() { return 10; } }, { toString() { return '1e1'; } }, new Number(10), new String('1e1'), '\u00a010', '\ufeff10', '10\u2028', '1.5', '.5', '5.', 5, 0.5, '+1', '1_0', Symbol('x')];
let out = [];
for (let i = 0; i < VS.length; i++) for (let j = 0; j < VS.length; j++) {
  const a = VS[i], b = VS[j], o = { a, b };
  out.push(`${i} ${j} ${a == b} ${a != b} ${o.a == o.b} ${o.a != b} ${!(o.a == o.b)}`);
}
for (let i = 0; i < VS.length; i++) { const x = VS[i]; out.push(i + ' ' + [x == 0, 0 == x, x == 1, 1 == x, x == 10, x == -1, -1 == x, x == 1.5, x == true, true == x, x == false, false == x, x == '1.0', '1.0' == x, x == '', '' == x, x == '10', '1e1' == x, x == '1e1', x == 10n, 10n == x, x == null, null == x, undefined == x, x == undefined, x == 'a', 'a' == x, x == ' 80', typeof x == 'number', x == 80 ? 1 : 2, x != 80, x == NaN]); }
console.log(out.join('\n'));
const log = []; const f = (x) => (log.push(x), x);
console.log(f(1) == f('1'), f('1.0') == f(1), f(3) == 3, f('2.0') == 2, log.join());
function* g() { return (yield 1) == (yield 2); } const it = g(); it.next(); it.next('1.0'); console.log(it.next(1).value);
(async () => console.log(await '1.0' == await 1, (await '3.0') == 3))();
