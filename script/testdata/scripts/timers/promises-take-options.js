// Copyright 2026 The duplex authors. MIT license.

'use strict';

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
  const waiting = timers.setTimeout(6e4, null, { signal: controller.signal });
  controller.abort();
  await waiting.catch((e) => console.log(e.name, e.code, e.message));
  await timers.scheduler.wait(1);
  console.log('done');
})();
