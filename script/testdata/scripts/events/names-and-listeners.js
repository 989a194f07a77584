// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
const s = Symbol('s');
function f() {}
e.on('a', f).on(s, f).once('a', f);
console.log(e.eventNames(), e.listenerCount('a'), e.listenerCount('a', f));
console.log(e.listeners('a'), e.rawListeners('a')[1] !== f, e.rawListeners('a')[1].listener === f);
console.log(EventEmitter.listenerCount(e, 'a'), e.getMaxListeners(), EventEmitter.defaultMaxListeners);
console.log(e.listeners('nothing'));
