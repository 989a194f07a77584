'use strict';
const { serve, connect, tell } = require('../secure');

const lines = { client: new Set(), server: new Set() };
const server = serve({ maxVersion: 'TLSv1.2' }, (port) => {
  server.on('keylog', (line, socket) => {
    tell('server', 'keylog', Buffer.isBuffer(line), socket.constructor.name);
    lines.server.add(line.toString());
  });
  const socket = connect(port);
  socket.on('keylog', (line) => {
    tell('client', 'keylog', /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/.test(line));
    lines.client.add(line.toString());
  });
  socket.on('secureConnect', () => socket.end());
  socket.on('close', () => server.close(() => {
    tell('server', [...lines.client].every((line) => lines.server.has(line)), lines.client.size);
  }));
  socket.resume();
}, (socket) => socket.resume());
