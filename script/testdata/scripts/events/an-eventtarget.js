// Copyright 2026 The duplex authors. MIT license.

'use strict';

const target = new EventTarget();
target.addEventListener('x', (event) => {
  console.log(event.type, event.target === target, event.cancelable, event.defaultPrevented);
  event.preventDefault();
  console.log(event.defaultPrevented);
});
target.addEventListener('x', { handleEvent: (event) => console.log('an object', event.eventPhase) }, { once: true });
console.log(target.dispatchEvent(new Event('x', { cancelable: true })));
console.log(target.dispatchEvent(new Event('x')));
