// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('exit', (code) => console.log('exit', code));
setTimeout(() => console.log('never'), 50);
Promise.reject(new Error('nobody cared'));
