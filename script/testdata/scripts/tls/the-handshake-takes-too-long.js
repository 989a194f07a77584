'use strict';
const net = require('net');
const { serve, tell, watch } = require('../secure');

const server = serve({ handshakeTimeout: 50 }, (port) => {
  const socket = net.connect(port, '127.0.0.1');
  watch('client', socket, 'end', 'error', 'close');
  socket.resume();
  server.on('tlsClientError', (error, secure) => {
    tell('server', secure.destroyed, secure.encrypted, error.name, Object.keys(error));
    secure.destroy();
    server.close();
  });
});
