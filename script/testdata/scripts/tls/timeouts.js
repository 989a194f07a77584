'use strict';
const { serve, connect, tell } = require('../secure');

const server = serve({}, (port) => {
  const socket = connect(port, { timeout: 60 });
  tell('client', socket.timeout);
  socket.on('timeout', () => {
    tell('client', 'timeout', socket.destroyed);
    socket.end();
  });
  socket.on('close', () => server.close());
  socket.resume();
}, (socket) => {
  tell('server', socket.timeout);
  socket.setTimeout(1000, () => tell('server', 'timeout'));
  socket.resume();
});
