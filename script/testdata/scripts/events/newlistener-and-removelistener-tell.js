// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
function f() {}
e.on('newListener', (name, listener) => console.log('new', name, listener === f, e.listenerCount(name)));
e.on('removeListener', (name, listener) => console.log('gone', name, listener === f, e.listenerCount(name)));
e.on('x', f);
e.once('x', f);
e.off('x', f);
e.emit('x');
e.removeAllListeners('x');
e.removeAllListeners();
