// The same of an error in a listener, within a callback.
'use strict';
const { EventEmitter } = require('events');
const emitter = new EventEmitter();
emitter.on('news', () => {
  Promise.resolve().then(() => console.log('a job'));
  process.nextTick(() => console.log('a tick'));
  throw new TypeError('the end');
});
setTimeout(() => {
  try {
    emitter.emit('news');
  } finally {
    console.log('finally');
  }
}, 1);
setTimeout(() => console.log('a timer'), 1);
