// The message that ends the client's half of a handshake of TLS 1.2.
'use strict';
const { play, tell } = require('../secure');

let client;
play('TLSv1.2', { maxVersion: 'TLSv1.2' }, {}, {
  client(socket) {
    tell('client', socket.getFinished(), socket.getPeerFinished());
    client = socket;
    socket.on('data', () => socket.end());
  },
  server(socket) {
    socket.on('end', () => {
      const theirs = socket.getPeerFinished();
      tell('server', Buffer.isBuffer(theirs), theirs.length, client.getFinished()?.equals(theirs));
    });
    socket.resume().write('x');
  },
}).then(() => tell('client', client.getFinished(), client.getPeerFinished()));
