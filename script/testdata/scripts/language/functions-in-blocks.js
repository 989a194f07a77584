// Copyright 2026 The duplex authors. MIT license.

// A function that is declared in a block, and a var of what a clause has caught, in a
// script that is not strict.

function t(f) { try { console.log(f()); } catch (e) { console.log(e.name, e.message); } }
t(() => { if (true) { function foo() { return 1; } } return foo(); });
t(() => { { function foo() { return 1; } } return typeof foo; });
t(() => { var r = typeof foo; { function foo() { return 1; } } return r; });
t(() => { switch (1) { case 0: function sw() { return 's'; } } return sw(); });
t(() => { switch (1) { case 1: function sw() { return 's'; } } return sw(); });
t(() => { if (1) function ff() { return 2; } return ff(); });
t(() => { if (0) ; else function ff() { return 2; } return ff(); });
t(() => { try { throw 1; } catch (e) { var e = 2; } return e; });
t(() => { try { throw 1; } catch (e) { var e; return e; } });
t(() => { try { throw 1; } catch (e) { for (var e = 5; e < 7; e++); return e; } });
t(function (e) { try { throw 1; } catch (e) { var e = 2, q = e; } return [e, q]; });
t(() => { let foo = 1; { function foo() { return 1; } } return foo; });
t(function () { return (function (foo) { { function foo() { return 1; } } return foo; })(7); });
t(() => { { let foo = 3; { function foo() {} } } return typeof foo; });
t(() => { for (let foo of [1]) { { function foo() {} } } return typeof foo; });
t(() => { const r = []; for (let i = 0; i < 3; i++) { function g() { return i; } r.push(() => g()); } return r.map((f) => f()).concat(g()); });
t(() => { { function g() { return 1; } } { function g() { return 2; } } return g(); });
t(() => { var g = 5; { function g() { return 1; } g = 7; } return typeof g; });
t(() => { { g = 7; function g() { return 1; } } return g; });
t(() => { { function* g() { } async function h() {} } return typeof g + typeof h; });
t(() => { 'use strict'; { function g() { } } return typeof g; });
t(() => { try { function tt() { return 't'; } } finally {} return tt(); });
t(() => { label: { function tt() { return 't'; } } return tt(); });
t(() => { while (1) { function w() { return 'w'; } break; } return w(); });
t(() => { const f = () => { { function z() { return 'z'; } } return z(); }; return f(); });
t(() => { class A { m() { { function z() {} } return typeof z; } } return new A().m(); });
t(function (a) { if (a) { function h() { return a; } } return h && h(); });
t(() => ((a) => { if (a) { function h() { return a; } } return [typeof h, (() => typeof h)()]; })(0, 1, 2));
t(() => { if (1) { function a() { if (1) { function b() { return 'b'; } } return b(); } } return a(); });
if (true) { function top1() { return 'top'; } }
console.log(top1(), typeof globalThis.top1);
