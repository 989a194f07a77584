// An error of a microtask is told before the next one runs.
'use strict';
process.on('uncaughtException', (error, origin) => console.log(error.message, origin));
for (const name of ['one', 'two', 'three']) {
  queueMicrotask(() => { throw new Error(name); });
  Promise.resolve().then(() => console.log('after', name));
}
process.nextTick(() => console.log('a tick'));
