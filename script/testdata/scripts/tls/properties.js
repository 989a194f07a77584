// What a socket says of itself before, during and after the connection.
'use strict';
const tls = require('tls');
const { serve, connect, tell } = require('../secure');

const show = (side, socket) => tell(side, JSON.stringify({
  encrypted: socket.encrypted, authorized: socket.authorized, authorizationError: socket.authorizationError, alpn: socket.alpnProtocol,
  servername: socket.servername, secureConnecting: socket.secureConnecting, connecting: socket.connecting, pending: socket.pending,
  readyState: socket.readyState, established: socket._secureEstablished, ssl: socket.ssl === socket._handle && socket.ssl !== null,
  reused: socket.isSessionReused(), protocol: socket.getProtocol(), peer: Object.keys(socket.getPeerCertificate() || { none: 1 }).length,
  own: Object.keys(socket.getCertificate() || { none: 1 }).length, key: socket.getEphemeralKeyInfo(), server: Boolean(socket.server),
  x509: socket.getPeerX509Certificate()?.subject, own509: socket.getX509Certificate()?.subject,
}));

const server = serve({}, (port) => {
  const socket = connect(port, { servername: 'localhost' });
  tell('client', socket instanceof tls.TLSSocket, socket.constructor.name);
  show('client', socket);
  socket.on('connect', () => show('client', socket));
  socket.on('secureConnect', () => {
    show('client', socket);
    socket.end();
  });
  socket.on('close', () => {
    show('client', socket);
    server.close();
  });
  socket.resume();
}, (socket) => {
  show('server', socket);
  socket.on('close', () => show('server', socket));
  socket.resume();
});
