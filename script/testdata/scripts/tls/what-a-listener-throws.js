'use strict';
const { connect, serve, tell } = require('../secure');

process.on('uncaughtException', (error) => tell('process', error.message));
const server = serve({}, (port) => {
  const socket = connect(port);
  socket.on('secureConnect', () => {
    setImmediate(() => socket.end());
    throw new Error('of secureConnect');
  });
  socket.on('close', () => server.close());
  socket.resume();
}, (socket) => {
  socket.resume();
  throw new Error('of secureConnection');
});
