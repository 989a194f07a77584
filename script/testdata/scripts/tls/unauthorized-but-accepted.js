'use strict';
const { serve, connect, tell, certificates: { self } } = require('../secure');

const server = serve(self, (port) => {
  const socket = connect(port, { rejectUnauthorized: false });
  socket.on('secureConnect', () => {
    tell('client', socket.authorized, socket.authorizationError, socket.getPeerCertificate().subject.CN);
    socket.end('bye');
  });
  socket.on('close', () => server.close());
  socket.resume();
}, (socket) => socket.on('data', (chunk) => tell('server', 'data', chunk)));
