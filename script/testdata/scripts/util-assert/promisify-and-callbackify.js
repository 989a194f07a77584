// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const f = (n, callback) => setImmediate(callback, n < 0 ? new Error('negative') : null, n * 2);
(async () => {
  console.log(await util.promisify(f)(21));
  await util.promisify(f)(-1).catch((e) => console.log(e.message));
  const custom = Object.assign(() => {}, { [util.promisify.custom]: () => Promise.resolve('custom') });
  console.log(await util.promisify(custom)(), util.promisify(f).name);
  util.callbackify(async (n) => n + 1)(1, (e, n) => console.log(e, n));
  util.callbackify(async () => {
    throw null;
  })((e) => console.log(e.code, e.message, e.reason));
})();
try {
  util.promisify('x');
} catch (e) {
  console.log(e.code, e.message);
}
