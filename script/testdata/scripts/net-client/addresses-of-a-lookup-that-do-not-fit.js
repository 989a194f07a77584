// Copyright 2026 The duplex authors. MIT license.

'use strict';

// What a lookup function says is believed, until it is wrong.
const net = require('net');
const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const cases = [['127.0.0.1', 6], ['::1', 4], ['here', 4], ['127.0.0.1', 5], [undefined, 4], [{}, 4]];
  const next = () => {
    const answer = cases.shift();
    if (!answer) return server.close();
    const socket = net.connect({ port, host: 'h', family: 4, lookup: (host, options, callback) => setImmediate(callback, null, ...answer) });
    for (const event of ['connectionAttempt', 'connectionAttemptFailed', 'connect']) socket.on(event, () => console.log(event));
    socket.on('error', (error) => console.log(answer, error.code, error.message.replace(port, 'PORT'), error.syscall));
    socket.on('close', next).resume();
  };
  next();
});
