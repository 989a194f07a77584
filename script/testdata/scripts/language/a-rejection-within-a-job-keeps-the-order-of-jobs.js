// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Whoever is rejected before somebody listens must not let later jobs overtake.
let job = 0;
const count = () => {
  if (++job < 20) Promise.resolve().then(count);
};
count();
const say = (name) => () => console.log(name, 'in job', job);
Promise.reject(new Error('a')).catch(say('a'));
Promise.resolve().then(() => Promise.reject(new Error('b')).catch(say('b')));
(async () => {
  await null;
  try {
    await Promise.reject(new Error('c'));
  } catch {
    say('c')();
  }
})();
(async () => {
  await null;
  await null;
  await null;
  say('d')();
})();
process.on('unhandledRejection', (error) => console.log('unhandled', error.message));
process.on('rejectionHandled', () => console.log('handled after all'));
Promise.resolve().then(() => {
  const lost = Promise.reject(new Error('lost'));
  setImmediate(() => lost.catch(() => console.log('caught')));
});
