// Copyright 2026 The duplex authors. MIT license.

// The stack of an error begins where new is, not in the constructors of its classes.
class E extends Error { constructor(m) { super(m); this.k = 1; } }
class E2 extends E { constructor(m) { super(m); } }
class D extends Error {}
class D2 extends E {}
const A = class extends Error { constructor() { super('a'); } };
function Old(m) { const e = Reflect.construct(Error, [m], Old); return e; }
Object.setPrototypeOf(Old.prototype, Error.prototype);
function Old2(m) { Error.captureStackTrace(this, Old2); }
class T extends TypeError { constructor() { super('t'); } }
function f(C) { return new C('m'); }
const short = (s) => s.split('\n')[1].trim().replace(/\(.*:(\d+):\d+\)$/, '$1');
for (const C of [E, E2, D, D2, A, Old, Old2, T]) console.log(C.name, '::', short(f(C).stack));
class Holder { constructor() { this.error = new E('held'); } }
console.log(short(new Holder().error.stack));
