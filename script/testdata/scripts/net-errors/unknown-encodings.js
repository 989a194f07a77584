// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
for (const f of [
  () => socket.setEncoding('klingon'),
  () => socket.setDefaultEncoding('klingon'),
  () => socket.write('x', 'klingon'),
]) {
  try {
    f();
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
console.log(socket.readableEncoding, socket.destroyed);
socket.destroy();
