'use strict';
const net = require('net');
const { serve, connect, tell } = require('../secure');

const server = serve({}, async (port) => {
  const go = (title, act) => new Promise((resolve) => {
    tell('client', title);
    tell('server', title);
    const socket = connect(port);
    act(socket);
    let left = 2;
    const done = () => {
      if (--left === 0) resolve();
    };
    socket.on('close', done);
    server.once('tlsClientError', done);
  });
  await go('at once, with an error', (socket) => socket.on('connect', () => socket.destroy(new Error('changed my mind'))));
  await go('without', (socket) => socket.on('connect', () => socket.destroy()));
  await go('ended', (socket) => socket.on('connect', () => setImmediate(() => socket.destroy())));
  await new Promise((resolve) => {
    tell('client', 'before the connection');
    const socket = connect(port);
    socket.destroy();
    socket.on('close', resolve);
  });
  server.close();
});
