// Copyright 2026 The duplex authors. MIT license.

'use strict';

// What a socket tells is told in the context in which it was made: a client's in that of its
// connect, a server's clients' in that of listen.
const net = require('net');
const { AsyncLocalStorage } = require('async_hooks');

const storage = new AsyncLocalStorage();
const tell = (side, emitter, ...events) => {
  for (const event of events) emitter.on(event, () => sides[side].push(`${event} ${storage.getStore()}`));
};
const sides = { server: [], accepted: [], client: [], refused: [] };

storage.run('listen', () => {
  const server = net.createServer((socket) => {
    tell('accepted', socket, 'data', 'end', 'close');
    socket.on('data', (data) => socket.write(data));
  });
  tell('server', server, 'listening', 'connection', 'close');
  server.listen(0, 'localhost', () => {
    storage.run('connect', () => {
      const socket = net.connect(server.address().port, 'localhost');
      tell('client', socket, 'lookup', 'connectionAttempt', 'connect', 'ready', 'data', 'timeout', 'end', 'finish', 'close');
      socket.on('connect', () => {
        storage.run('write', () => socket.write('data', () => sides.client.push(`written ${storage.getStore()}`)));
      });
      socket.on('data', () => socket.setTimeout(5));
      socket.on('timeout', () => socket.end());
      socket.on('close', () => storage.run('close', () => server.close()));
    });
    storage.exit(() => tell('refused', net.connect(1, '127.0.0.1'), 'connectionAttemptFailed', 'error', 'close'));
  });
});

process.on('exit', () => console.log(sides));
