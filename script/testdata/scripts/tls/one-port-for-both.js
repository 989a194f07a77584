// A plain server looks at the first byte, and hands TLS to a server that does not listen.
'use strict';
const net = require('net');
const tls = require('tls');
const { connect, tell, watch, said, certificates } = require('../secure');

const secure = tls.createServer({ ...certificates.server, ALPNProtocols: ['x'] }, (socket) => {
  tell('server', 'secureConnection', socket.alpnProtocol, socket.server === secure);
  watch('server', socket, 'data', 'end', 'close');
  socket.end('over TLS');
});
secure.on('tlsClientError', (error) => tell('server', said(error)));
const server = net.createServer((socket) => {
  socket.once('readable', () => {
    const first = socket.read();
    socket.unshift(first);
    if (first[0] === 22) {
      secure.emit('connection', socket);
    } else {
      watch('plain', socket, 'data', 'end', 'close');
      socket.end('plainly');
    }
  });
}).listen(0, '127.0.0.1', () => {
  const plain = net.connect(server.address().port, '127.0.0.1');
  watch('plain client', plain, 'data', 'end', 'close');
  plain.write('hello');
  plain.on('close', () => {
    const socket = connect(server.address().port, { ALPNProtocols: ['x'] });
    watch('client', socket, 'data');
    socket.on('secureConnect', () => socket.write('hello'));
    socket.on('close', () => server.close());
  });
});
