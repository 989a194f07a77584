'use strict';
const { serve, connect, tell, certificates: { other } } = require('../secure');

const server = serve({ ...other }, (port) => {
  const socket = connect(port, { servername: 'localhost' });
  socket.on('error', (error) => {
    tell('client', Object.keys(error), error.reason, error.host, error.cert.subject.CN, error.name, String(error));
    tell('client', socket.authorized, socket.authorizationError);
  });
  socket.on('close', () => server.close());
});
