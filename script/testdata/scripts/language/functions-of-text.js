// Copyright 2026 The duplex authors. MIT license.

console.log(new Function('a', 'b', 'return a + b')(1, 2), Function('return this')() === globalThis, String(new Function('a', 'b', 'return 1')), new Function().name, (() => {}) instanceof Function, Function.prototype.constructor === Function, class {} instanceof Function, Function.length, Function.name);
class F extends Function { hi() { return 'hi' + this(); } } console.log(new F('return 5').hi(), new F() instanceof F);
for (const t of ['}{', 'return', 'let a; let a', ')']) try { new Function(t); console.log('ok'); } catch (e) { console.log(e.name, e.message); }
console.log(String(() => (1)), String((a) => ((a, 2))), String(async (x) => (x)), String(() => ({ a: 1 })), String((x) => (y) => (x + y)), String(() => ("(")), String(({ a }) => (a)), String((a = '(') => (a)), `${() => (/\)/)}`);
console.log(new Function('a', 'var x; return [a, (() => [x, a])(), arguments.length]')(1, 2, 3), Object.getOwnPropertyDescriptor(globalThis, 'Function').enumerable);
