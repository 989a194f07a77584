'use strict';
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const { serve, connect, tell, certificates: { self } } = require('../secure');

const server = serve(self, (port) => {
  const socket = connect(port);
  socket.on('secureConnect', () => {
    tell('client', socket.authorized, socket.authorizationError);
    socket.end();
  }).on('close', () => server.close()).resume();
}, (socket) => socket.resume());
