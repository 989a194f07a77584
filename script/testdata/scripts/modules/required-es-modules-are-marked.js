// Copyright 2026 The duplex authors. MIT license.

'use strict';

const values = require('./parts/values.mjs');
console.log(values.__esModule, Object.keys(values), typeof values.default, values === require('./parts/values.mjs'));
console.log(Object.getOwnPropertyDescriptor(values, '__esModule'), values[Symbol.toStringTag], Object.getPrototypeOf(values));
const nameless = require('./parts/nameless.mjs');
console.log(nameless, nameless.__esModule, Object.keys(nameless));
console.log(require('./parts/instead.mjs'), require('./parts/says-so.mjs'));
import('./parts/values.mjs').then((own) => {
  console.log(own === values, own.default === values.default, own.__esModule, own);
});
