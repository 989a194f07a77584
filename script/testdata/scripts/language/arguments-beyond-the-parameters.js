// Copyright 2026 The duplex authors. MIT license.

// What a closure sees of a function that is called with more arguments than it has
// parameters, and the arguments that an arrow function sees.

function show(f, ...a) { try { console.log(f.apply({ me: 1 }, a)); } catch (e) { console.log(e.name, e.message); } }
show(function (a) { arguments[0] = 5; var x; return [a, (() => x)(), arguments.length]; }, 1, 2, 3);
show(function (a) { 'use strict'; arguments[0] = 5; var x; return [a, (() => x)(), arguments.length]; }, 1, 2, 3);
show(function (a) { var a; var f; function f() { return a; } return [a, typeof f, f()]; }, 1, 2, 3);
show(function (a) { var a; return (() => a)(); }, 1, 2, 3);
show(function (a) { for (var i = 0; i < 2; i++) { var z; if (z) return [z]; (() => [a, z, i])(); z = i; } return [z, i]; }, 1, 2, 3);
show(function (a) { if (false) { var q; } return (() => [q, a])(); }, 1, 2, 3);
show(function (a) { const f = () => b + a; try { f(); } catch (e) { return e.message; } let b = 1; return f(); }, 1, 2, 3);
show(function (a) { const f = () => { b = 5; return a; }; try { f(); } catch (e) { return e.message; } let b = 1; return f(); }, 1, 2, 3);
show(function (a) { return g(); function g() { return [k, a]; } const k = 1; }, 1, 2, 3);
show(function (a) { const k = 1; return g(); function g() { return [k, a]; } }, 1, 2, 3);
show(function (a) { return h(); function h() { return g(); } function g() { return [k, a]; } const k = 1; }, 1, 2, 3);
show(function (a) { return new C(); class C { x = a; } }, 1, 2, 3);
show(function (a) { const c = () => C; try { c(); } catch (e) { return e.message; } class C { x = a; } }, 1, 2, 3);
show(function (a) { 'use strict'; const f = () => [b, a, this]; try { f(); } catch (e) { return e.message; } let b = 1; function k() {} function k() {} return f(); }, 1, 2, 3);
show(function (a) { var x; eval('1'); return [a, x, arguments.length]; }, 1, 2, 3);
show(function (a) { 'use strict'; var x; return [a, eval('x'), arguments.length]; }, 1, 2, 3);
show(function () { var x; return eval('[x, arguments.length]'); }, 1, 2, 3);
show(function (a, b = () => arguments.length) { return b(); }, 1);
show(function (a, { b = () => arguments.length } = {}) { return b(); }, 1);
show(function (a, [b = () => arguments.length] = []) { return b(); }, 1);
show(function (a, ...[b = () => arguments.length]) { return b(); }, 1);
show(function (a, b = () => () => arguments.length) { return b()(); }, 1);
show(function (a, b = [() => arguments.length]) { return b[0](); }, 1);
show(function (a, b = (x => arguments.length)(2)) { return b; }, 1);
show((a) => { var x; return (() => [x, a])(); }, 1, 2, 3);
show(function () { return (() => (() => arguments)())(); }, 1, 2, 3);
show(function () { { let arguments_ = 1; return (() => { return [...arguments]; })(); } }, 1, 2, 3);
show(function (arguments) { return (() => arguments)(); }, 1, 2, 3);
show(function () { var arguments; return (() => arguments.length)(); }, 1, 2, 3);
show(function () { var arguments = 4; return (() => arguments)(); }, 1, 2, 3);
show(function () { let arguments = 4; return (() => arguments)(); }, 1, 2, 3);
show(function () { function arguments() { return 8; } return (() => arguments())(); }, 1, 2, 3);
const o = { set v(a) { var x; (() => console.log(x, a))(); }, get v() { return (() => arguments.length)(); }, *g(a) { var x; yield () => [x, a]; }, async s(a) { var x; await 1; return (() => [x, a])(); } };
Object.getOwnPropertyDescriptor(o, 'v').set.call(o, 1, 2, 3);
console.log(o.v, o.g(1, 2, 3).next().value());
o.s(1, 2, 3).then(console.log);
class A { constructor(a) { var x; this.f = () => [x, a]; } static s(a) { var x; return (() => [x, a])(); } #p(a) { var x; return (() => [x, a])(); } q() { return this.#p(1, 2, 3); } }
class B extends A { constructor(a) { const f = () => this; var x; super(a, 2, 3); this.g = () => [x, a, f() === this]; } }
console.log(new A(1, 2, 3).f(), A.s(1, 2, 3), new A(1).q(), new B(1, 2, 3).g(), new B(1, 2, 3).f());
console.log(function (a, b) { var x; return () => [a, x]; }.length);
const af = async (a) => { var x; return [(() => x)(), a]; };
af(1, 2, 3).then(console.log);
show(function f(a) { return (() => [typeof f, a])(); }, 1, 2);
show(function f(a) { var f; return (() => [typeof f, a])(); }, 1, 2);
show(function (a) { switch (1) { case 1: let z; return (() => [z, a])(); } }, 1, 2);
show(function (a) { lab: { var z; break lab; } return (() => [z, a])(); }, 1, 2);
show(function (a) { var { x, y: [z] = [], ...w } = { x: 1 }; return (() => [x, z, w, a])(); }, 1, 2, 3);
show(function (a) { var t = (() => t)(), u = (() => [t, u])(); return [t, u, a, (() => a)()]; }, 1, 2, 3);
console.log(function (a, b) { return () => [a, b]; }.length);
// Places in a stack stay what they are.
function thrower(a) { var x; const early = () => y; try { early(a); } catch (e) { return e.stack.match(/:\d+:\d+/)[0]; }
  let y = () => x; }
show(thrower, 1, 2);
function late(a) { 'use strict'; var x; return () => [a, x,
  arguments[1].length.y.z]; }
show(() => { try { late(1, 'b')(); } catch (e) { return e.stack.match(/:\d+:\d+/)[0]; } });
