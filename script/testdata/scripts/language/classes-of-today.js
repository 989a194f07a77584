// Copyright 2026 The duplex authors. MIT license.

'use strict';

class Counter {
  #n = 0;
  static #made = 0;
  static { Counter.#made = 10; }
  static get made() { return Counter.#made; }
  constructor() { Counter.#made++; }
  get #double() { return this.#n * 2; }
  up() { this.#n++; return this; }
  double() { return this.#double; }
  static is(o) { return #n in o; }
  ['com' + 'puted']() { return 'computed'; }
}
const c = new Counter().up().up();
console.log(c.double(), Counter.made, Counter.is(c), Counter.is({}), c.computed(), c);
