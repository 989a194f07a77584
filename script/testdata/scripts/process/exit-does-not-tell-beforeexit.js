// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('beforeExit', () => console.log('never'));
process.on('exit', (code) => console.log('exit', code));
setTimeout(() => process.exit(2), 1);
