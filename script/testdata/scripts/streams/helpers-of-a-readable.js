// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

(async () => {
  const numbers = () => Readable.from([1, 2, 3, 4]);
  console.log(await numbers().map((n) => n * 2).toArray());
  console.log(await numbers().filter((n) => n % 2 === 0).toArray());
  console.log(await numbers().reduce((a, b) => a + b, 0));
  console.log(await numbers().take(2).toArray(), await numbers().drop(3).toArray());
  console.log(await numbers().some((n) => n > 3), await numbers().every((n) => n > 3), await numbers().find((n) => n > 2));
})();
