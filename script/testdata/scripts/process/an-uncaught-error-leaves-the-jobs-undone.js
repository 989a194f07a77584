// An error that nobody handles ends the script before the jobs that wait.
'use strict';
process.on('exit', (code) => {
  console.log('exit', code);
  Promise.resolve().then(() => console.log('a job of exit'));
});
Promise.resolve().then(() => console.log('a job'));
queueMicrotask(() => console.log('a microtask'));
process.nextTick(() => console.log('a tick'));
throw new Error('the end');
