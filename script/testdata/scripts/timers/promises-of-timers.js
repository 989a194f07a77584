// Copyright 2026 The duplex authors. MIT license.

'use strict';

const timers = require('timers/promises');

(async () => {
  console.log(await timers.setTimeout(5, 'a value'));
  console.log(await timers.setImmediate('another'));
  let n = 0;
  for await (const value of timers.setInterval(2, 'again')) {
    console.log(value);
    if (++n === 3) break;
  }
  const controller = new AbortController();
  const waiting = timers.setTimeout(1000, undefined, { signal: controller.signal });
  controller.abort();
  await waiting.catch((error) => console.log(error.name, error.code, error.message));
  console.log('done');
})();
