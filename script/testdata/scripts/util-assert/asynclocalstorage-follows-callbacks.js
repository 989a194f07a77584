// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { AsyncLocalStorage } = require('async_hooks');

const storage = new AsyncLocalStorage();
const show = (where) => console.log(where, storage.getStore());
storage.run('inside', () => {
  show('run');
  process.nextTick(show, 'tick');
  setImmediate(() => {
    show('immediate');
    setTimeout(show, 1, 'timeout');
  });
  Promise.resolve().then(() => show('then'));
  (async () => {
    await null;
    show('await');
  })();
});
show('outside');
