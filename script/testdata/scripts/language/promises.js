// Copyright 2026 The duplex authors. MIT license.

'use strict';

(async () => {
  console.log(await Promise.all([1, Promise.resolve(2)]), await Promise.race([new Promise(() => {}), 'fast']));
  console.log(await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('no').message)]));
  console.log(await Promise.any([Promise.reject(1), Promise.resolve('any')]));
  await Promise.any([Promise.reject(1)]).catch((e) => console.log(e.name, e.message, e.errors));
  await Promise.resolve().finally(() => console.log('finally'));
})();
