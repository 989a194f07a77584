// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { EventEmitter, captureRejectionSymbol } = require('events');

const e = new EventEmitter({ captureRejections: true });
e.on('x', async (n) => {
  throw new Error(`no ${n}`);
});
e.on('error', (error) => console.log('error', error.message));
e.emit('x', 1);
const own = new EventEmitter({ captureRejections: true });
own[captureRejectionSymbol] = (error, event, ...args) => console.log('own', error.message, event, args);
own.on('x', async () => Promise.reject(new Error('mine')));
own.emit('x', 2, 3);
console.log('emitted');
