// Copyright 2026 The duplex authors. MIT license.

'use strict';

setTimeout(() => console.log('never'), 60000).unref();
setInterval(() => {}, 60000).unref();
setImmediate(() => console.log('never')).unref();
process.on('exit', () => console.log('exit'));
