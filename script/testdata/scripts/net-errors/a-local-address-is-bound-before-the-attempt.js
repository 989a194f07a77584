// Copyright 2026 The duplex authors. MIT license.

'use strict';

// What is wrong with the local side is told before there is an attempt.
const net = require('net');
const events = ['connectionAttempt', 'connectionAttemptFailed', 'connect', 'error', 'close'];
const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const cases = [
    { localAddress: '192.0.2.1' }, { localAddress: '::1' }, { localPort: port }, { localPort: 65536 }, { localPort: 1.5 },
    { localAddress: '127.0.0.2' },
  ];
  const next = () => {
    const options = cases.shift();
    if (!options) return server.close();
    const name = options.localPort === port ? 'a port in use' : JSON.stringify(options);
    const socket = net.connect({ port, host: '127.0.0.1', ...options }).resume();
    for (const event of events) {
      socket.on(event, (first) => {
        console.log(name, event, event === 'error' ? `${first.message.replace(port, 'PORT')} ${first.syscall} ${first.address}` : '');
      });
    }
    socket.on('close', next);
  };
  next();
});
