// Copyright 2026 The duplex authors. MIT license.

// eval sees the parameters around it, whether they have defaults, patterns or a rest.
'use strict';

const lists = ['a', 'a, b = 2', 'a, b = a', '{ x: a = 1 } = {}, b', '[a], b', 'a, ...b', 'a = 1, b = () => a',
  'a, b = eval("a")', 'a, { b } = { b: 4 }, ...c', '...[a, b]'];
const bodies = [
  'return eval("[a, typeof b]");',
  'return (function () { return eval("[a, typeof b]"); })();',
  'return (() => eval("[a, typeof b]"))();',
  'let q = 1; return (function (z = 1) { return eval("[a, typeof b, q, z]"); })(7, 8);',
  'function g() { return a; } return [g(), (function () { return eval("[a, typeof b, g()]"); })()];',
  'var q = 3; return [a, eval("[a, typeof b, q]"), eval("a = 9"), a];',
  'return [...(function* (p = a) { let z = 4; yield eval("[p, z, a, typeof b]"); yield a; })()];',
  'return (function (p, q = p) { return (function (s, t = s) { let m = 2; return eval("[a, p, q, s, t, m]"); })(11); })(22);',
  'class K { m(p = a) { return eval("[p, a, typeof b]"); } static s = eval("1 + 1"); } return [new K().m(), K.s];',
  'try { null.x; } catch (e) { return [a, eval("e.name"), (function () { return eval("[a, e.name]"); })()]; }',
  'function* g(p = eval("a"), [q] = [p]) { yield eval("[p, q]"); yield* eval("[typeof b]"); } return [...g()];',
  'const o = { set x(v = eval("a")) { this.y = eval("v"); } }; o.x = 4; return o.y;',
];
const calls = ['({ x: 1, b: 3 }, 2)', '([1], 2, 3, 4, 5)', '()', '("xy", "zw")'];

// run runs a text as the module that it would be in a file, so that it is compiled whole.
function run(text) {
  const one = new module.constructor(__filename);
  try {
    one._compile(text, __filename);
    return JSON.stringify(one.exports);
  } catch (error) {
    return error.name;
  }
}

for (const mode of ['', '"use strict"; ']) {
  for (const list of lists) {
    for (const body of bodies) {
      const results = calls.flatMap((call) => [`(function (${list}) { ${body} })${call}`, `((${list}) => { ${body} })${call}`, `({ m(${list}) { ${body} } }).m${call}`]);
      console.log(mode, list, body, results.map((text) => run(`${mode}const around = 99; module.exports = [around, ${text}, around];`)).join(' '));
    }
  }
}
