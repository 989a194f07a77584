// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
process.on('warning', (w) => console.log(w.name, w.type, w.count, w.message));
for (let i = 0; i < 12; i++) e.on('x', () => {});
e.setMaxListeners(20);
for (let i = 0; i < 8; i++) e.on('y', () => {});
