// Copyright 2026 The duplex authors. MIT license.

'use strict';

const controller = new AbortController();
const { signal } = controller;
signal.onabort = (event) => console.log('onabort', event.type);
signal.addEventListener('abort', () => console.log('listener', signal.aborted));
console.log(signal.aborted, signal.reason);
controller.abort();
controller.abort('again');
console.log(signal.aborted, signal.reason.name, signal.reason.code, signal.reason.message);
try {
  AbortSignal.abort(new Error('mine')).throwIfAborted();
} catch (e) {
  console.log(e.message);
}
console.log(AbortSignal.any([AbortSignal.abort('x'), signal]).reason);
AbortSignal.timeout(10).addEventListener('abort', (event) => console.log(event.target.reason.name));
setTimeout(() => {}, 60);
