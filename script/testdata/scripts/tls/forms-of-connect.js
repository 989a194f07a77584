'use strict';
const tls = require('tls');
const { serve, tell, certificates: { authority } } = require('../secure');

const options = { ca: authority.cert };
const server = serve({}, async (port) => {
  const forms = {
    'options': [{ port, host: '127.0.0.1', ...options }],
    'port, options': [port, { host: '127.0.0.1', ...options }],
    'port, host, options': [port, '127.0.0.1', options],
    'port, host of options': [port, '127.0.0.2', { ...options, host: '127.0.0.1' }],
    'text': [String(port), '127.0.0.1', options],
    'localhost': [port, 'localhost', { ...options, family: 4 }],
  };
  for (const [name, form] of Object.entries(forms)) {
    await new Promise((resolve) => {
      const socket = tls.connect(...form, function () {
        tell('client', name, this === socket, socket.authorized, socket.authorizationError);
        socket.end();
      });
      socket.on('error', (error) => tell('client', name, error.code));
      socket.on('close', resolve);
      socket.resume();
    });
  }
  server.close();
}, (socket) => socket.resume());
