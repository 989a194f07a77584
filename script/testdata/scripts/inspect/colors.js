// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

console.log(JSON.stringify(util.inspect({ a: 1, b: 'two', c: null, d: undefined, e: true, f: Symbol('s'), g: 10n, h: [() => {}], i: /x/, j: new Date(0) }, { colors: true })));
console.log(JSON.stringify(util.inspect(new Map([['k', 1]]), { colors: true })));
console.log(util.inspect.colors.red, util.inspect.styles.number, Object.keys(util.inspect.defaultOptions).length);
