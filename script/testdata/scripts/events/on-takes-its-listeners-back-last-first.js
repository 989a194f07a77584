// A loop over events.on that ends takes back the listener that was added last first.
'use strict';
const { EventEmitter, on } = require('events');
const emitter = new EventEmitter();
emitter.on('removeListener', (name) => console.log('removed', name));
(async () => {
  process.nextTick(() => emitter.emit('news', 1));
  for await (const [value] of on(emitter, 'news', { close: ['end', 'done'] })) {
    console.log(value);
    break;
  }
  console.log(emitter.eventNames());
})();
