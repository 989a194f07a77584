// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('unhandledRejection', (reason, promise) => {
  console.log('unhandled', reason.message, promise instanceof Promise);
  promise.catch(() => console.log('caught late'));
});
process.on('rejectionHandled', (promise) => console.log('handled', promise instanceof Promise));
Promise.reject(new Error('late'));
Promise.reject(new Error('in time')).catch(() => console.log('caught in time'));
