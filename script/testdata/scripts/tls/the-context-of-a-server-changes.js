'use strict';
const { serve, connect, tell, certificates: { other, self, rsa } } = require('../secure');

const go = (port, next) => {
  const socket = connect(port, { rejectUnauthorized: false });
  socket.on('secureConnect', () => {
    tell('client', socket.getPeerCertificate().subject.CN);
    socket.end();
  }).on('close', next).resume();
};
const server = serve({}, (port) => {
  go(port, () => {
    server.setSecureContext(other);
    go(port, () => {
      server.setSecureContext(rsa);
      go(port, () => {
        server.setSecureContext(self);
        go(port, () => server.close());
      });
    });
  });
}, (socket) => socket.resume());
