// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { EventEmitter, on } = require('events');

(async () => {
  const e = new EventEmitter();
  process.nextTick(() => {
    e.emit('x', 'one');
    e.emit('x', 'two', 2);
    e.emit('x', 'last');
  });
  for await (const args of on(e, 'x')) {
    console.log(args);
    if (args[0] === 'last') break;
  }
  console.log(e.listenerCount('x'));
})();
