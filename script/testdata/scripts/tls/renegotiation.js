'use strict';
const { serve, connect, tell, said } = require('../secure');

const server = serve({}, (port) => {
  const socket = connect(port);
  socket.on('secureConnect', () => {
    socket.disableRenegotiation();
    tell('client', socket.renegotiate({}, (error) => {
      tell('client', said(error));
      socket.end();
    }));
  });
  socket.on('close', () => {
    tell('client', socket.renegotiate({}), socket.getCipher(), socket.getPeerCertificate(), socket.getProtocol(), socket.getX509Certificate());
    server.close();
  });
  socket.resume();
}, (socket) => socket.resume());
