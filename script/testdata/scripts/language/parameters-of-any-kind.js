// Copyright 2026 The duplex authors. MIT license.

// Parameters that others mention, variables that have the name of another, and what else
// eval meets in a function.

function show(f, ...a) { try { console.log(f.apply({ me: 1 }, a)); } catch (e) { console.log(e.name, e.message); } }

// Defaults that mention a later parameter, or their own.
show(function (a = () => b, b = 3) { return [a(), b]; }, undefined, 7);
show(function (a = () => b, b = 3) { return [a(), b]; });
show((a = () => [b, c, d], b = 3, c = 4, ...d) => [a(), b, c, d], undefined, 7, undefined, 1, 2);
show((f = (n) => (n > 1 ? n * f(n - 1) : 1)) => f(5));
show((f = (n) => (n > 1 ? n * f(n - 1) : 1)) => f(5), (n) => n);
show(function (a = b, b = 1) { return [a, b]; });
show(function (a = b, b = 1) { return [a, b, arguments.length]; }, 5);
show(() => [...(function* (a, b = () => [a, c], c = 4) { yield b(); yield c; })(1, undefined, 6)]);
show(() => { function* g(a = b, b = 1) { yield a; } g(); return 'it fails when it is called'; });
show(() => [function (a, b = () => c, c) {}, (a, b, c = () => d, d) => {}, ({ a }, [b] = c, c) => {}].map((f) => f.length));

// A var that a pattern binds, or that is caught, is that one.
show(function ({ a }) { var a; return a; }, { a: 1 });
show(function ({ a }, [b], ...c) { 'x'; var a = a || 4, { b, c } = { b: 5, c: 6 }; return [a, b, c]; }, {}, [1]);
show(({ a, b }) => { for (var a of [7, 8]); for (var b = 0; b < 2; b++); for (var b in { k: 1 }); return [a, b]; }, { a: 1 });
show(({ a }) => { if (true) { var a = 2; } return (() => a)(); }, { a: 1 });
show(() => { 'use strict'; try { throw 1; } catch (e) { var e = 5; return e; } });

// Classes without a name, whose fields call eval.
show((a) => new (class { f = () => eval('a'); g = (() => a)(); })().g, 5);
show((a) => (class { static f = () => eval('a'); static g = () => a; }).g(), 5);
const X = class { static f = () => eval('typeof X'); };
let Y;
Y = class { static f = eval('1'); };
const { Z = class { f = eval('1'); }, o = { P: class { f = eval('1'); } } } = {};
console.log([X.name, X.f(), Y.name, Z.name, o.P.name, (class { f = eval('1'); }).name]);

// What a switch declares.
show((a) => {
  const seen = [];
  for (let i = 0; i < 3; i++) {
    switch (i) {
      case 0: const u = a + i, w = () => u; seen.push(w, h()); break;
      case 1: let [x, y] = [i, a]; seen.push(eval('() => [x, y]'));
      default: class K { m() { return eval('[K.name, a, i]'); } } seen.push(() => new K().m()); continue;
    }
    function h() { return eval('typeof u + a'); }
  }
  return seen.map((one) => (typeof one === 'function' ? one() : one)).join();
}, 5);
