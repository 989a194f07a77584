'use strict';
const { serve, connect, tell } = require('../secure');

const server = serve({}, (port) => {
  const socket = connect(port, { timeout: 60_000 });
  tell('client', socket.timeout);
  socket.on('secureConnect', () => {
    socket.setTimeout(50, () => {
      tell('client', 'timeout', socket.destroyed, socket.timeout);
      socket.end();
    });
  });
  socket.on('close', () => server.close());
  socket.resume();
}, (socket) => {
  tell('server', socket.timeout);
  socket.setTimeout(60_000, () => tell('server', 'timeout'));
  socket.resume();
});
