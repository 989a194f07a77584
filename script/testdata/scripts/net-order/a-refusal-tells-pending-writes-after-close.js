// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = net.connect(1, '127.0.0.1');
for (const event of ['connectionAttempt', 'connectionAttemptFailed', 'connect', 'ready', 'finish', 'end', 'error', 'close']) {
  socket.on(event, (x) => console.log(event, x instanceof Error ? x.code : x));
}
socket.write('one', (e) => console.log('written one', e && e.code));
socket.write('two', (e) => console.log('written two', e && e.code));
socket.end('three', (e) => console.log('ended', e && e.code));
