// Copyright 2026 The duplex authors. MIT license.

async function* g(a) { yield 1; }
const P = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype); const AI = P;
console.log(typeof AI[Symbol.asyncIterator], Object.getOwnPropertyNames(Object.getPrototypeOf(g).prototype).sort(), g() instanceof g, Object.prototype.toString.call(g), Object.prototype.toString.call(g()), g.constructor.name, Object.getPrototypeOf(g) === Object.getPrototypeOf(async function* () {}), g.name, g.length, g.hasOwnProperty('prototype'), Object.getOwnPropertyNames(g.prototype));
console.log(g, g(), String(g()), typeof g().next, g()[Symbol.asyncIterator]() !== undefined);
const o = { async *m() { yield* g(); yield 2; }, p: async function* () {}, q: async function* nm() { yield nm.name; } };
class C { async *#p(x) { yield x; } static async *s() { yield 's'; } t() { return this.#p(7); } }
(async () => { for await (const x of o.m()) console.log(x); for await (const x of new C().t()) console.log(x); for await (const x of C.s()) console.log(x); for await (const x of o.q()) console.log(x, o.p.name);
 console.log(await P, Object.prototype.toString.call(o.m()), await Object.getPrototypeOf(g).prototype.next.call({}).catch((e) => e.name));
 const AG = g.constructor; for await (const x of new AG('a', 'yield a; yield await 2')(1)) console.log(x);
 const AF = (async () => {}).constructor; console.log(await new AF('a', 'return await a')(5), AF.name, new AF('').constructor === AF);
 const GF = (function* () {}).constructor; console.log([...new GF('yield 1; yield 2')()]);
})();
// A bigint and a text beside them.
console.log([10n, `${1n}`, 'text']);
