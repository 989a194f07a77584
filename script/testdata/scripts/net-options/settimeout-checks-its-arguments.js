// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
for (const ms of ['100', -1, NaN, Infinity, undefined, null, {}]) {
  try {
    socket.setTimeout(ms);
    console.log(ms, 'is taken', socket.timeout);
  } catch (e) {
    console.log(ms, e.name, e.code, e.message);
  }
}
for (const callback of [1, 'x', null, {}]) {
  try {
    socket.setTimeout(1000, callback);
  } catch (e) {
    console.log(e.code, e.message);
  }
}
socket.setTimeout(1000, () => {});
console.log(socket.timeout, socket.listenerCount('timeout'));
socket.setTimeout(0, socket.listeners('timeout')[0]);
console.log(socket.timeout, socket.listenerCount('timeout'));
