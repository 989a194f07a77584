// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('uncaughtException', (e, origin) => console.log('caught', e.message, origin));
process.on('uncaughtExceptionMonitor', (e, origin) => console.log('monitor', e.message, origin));
setTimeout(() => console.log('the show goes on'), 5);
process.nextTick(() => console.log('tick'));
throw new Error('in the main script');
