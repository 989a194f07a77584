// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { EventEmitter, once } = require('events');

(async () => {
  const e = new EventEmitter();
  setImmediate(() => e.emit('x', 1, 2));
  console.log(await once(e, 'x'));
  setImmediate(() => e.emit('error', new Error('broken')));
  await once(e, 'x').catch((error) => console.log('rejected', error.message));
  setImmediate(() => e.emit('error', 'as an event'));
  console.log(await once(e, 'error'));
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await once(e, 'x', { signal: controller.signal }).catch((error) => console.log(error.name, error.code));
  console.log(e.eventNames());
})();
