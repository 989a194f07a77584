// What the server has of a net.Server, and the events that come before secureConnection.
'use strict';
const net = require('net');
const tls = require('tls');
const { connect, tell, watch, certificates } = require('../secure');

const server = tls.createServer(certificates.server);
tell('server', server instanceof net.Server, server.listening, server.requestCert, server.rejectUnauthorized, server.honorCipherOrder);
watch('server', server, 'listening', 'close');
server.on('connection', (socket) => tell('server', 'connection', socket.constructor.name, socket.encrypted));
server.on('secureConnection', (socket) => {
  tell('server', 'secureConnection', socket.constructor.name, socket.server === server, socket._parent.constructor.name);
  server.getConnections((error, count) => tell('server', 'connections', count));
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const socket = connect(server.address().port);
  socket.on('secureConnect', () => {
    tell('client', socket.remoteAddress, socket.remoteFamily, socket.remotePort === server.address().port, socket.localAddress);
    socket.setNoDelay(true).setKeepAlive(true, 1000).ref().unref().ref();
    server.close();
    socket.end();
  });
  socket.resume();
});
