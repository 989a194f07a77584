// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

class Money {
  constructor(n) {
    this.n = n;
  }
  [util.inspect.custom](depth, options, inspect) {
    return depth < 0 ? '[Money]' : `Money<${inspect(this.n, options)}> ${depth} ${typeof options.stylize}`;
  }
}
console.log(new Money(5), [new Money(6)], { a: { b: { c: new Money(7) } } });
console.log({ [util.inspect.custom]: () => ({ instead: 1 }) }, { inspect: () => 'not used' });
