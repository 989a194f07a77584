// Copyright 2026 The duplex authors. MIT license.

'use strict';

const attempts = [
  () => { const c = 1; c = 2; },
  () => { x; let x; },
  () => [].reduce((a) => a),
  () => new Array(-1),
  () => (1).toFixed(101),
  () => { const { a } = undefined; },
  () => Symbol() + '',
  () => 1n + 1,
  () => BigInt(1.5),
  () => Object.defineProperty(Object.freeze({}), 'a', { value: 1 }),
  () => { Object.freeze([1]).push(2); },
  () => { 'use strict'; undefinedVariable = 1; },
  () => new (class A { constructor() { this.#p; } #p = this.x.y; })(),
  () => { class A { constructor() {} } A(); },
  () => { class B extends Object { constructor() {} } new B(); },
  () => ({}) instanceof 5,
  () => decodeURIComponent('%'),
  () => new Proxy({}, null),
  () => [...5],
  () => structuredClone(Symbol('s')),
];
for (const attempt of attempts) {
  try {
    attempt();
    console.log(String(attempt), 'nothing thrown');
  } catch (e) {
    console.log(e.name, e.message);
  }
}
