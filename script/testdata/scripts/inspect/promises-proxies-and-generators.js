// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const pending = new Promise(() => {});
console.log(pending, Promise.resolve(5), [Promise.resolve({ a: 1 })]);
const rejected = Promise.reject(new Error('no').message);
rejected.catch(() => {});
console.log(rejected);
console.log(new Proxy({ a: 1 }, {}), new Proxy([1], {}), util.inspect(new Proxy({ a: 1 }, {}), { showProxy: true }));
console.log((function* g() {})(), globalThis === global, Math, JSON, Symbol.iterator);
