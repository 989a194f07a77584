// The first bytes of TLS arrive with the last plain ones, and wait in the plain socket.
'use strict';
const net = require('net');
const tls = require('tls');
const { tell, watch, certificates: { server, authority } } = require('../secure');

const listening = net.createServer((socket) => {
  socket.pause();
  setTimeout(() => socket.once('readable', () => {
    const all = socket.read();
    const line = all.indexOf('\n') + 1;
    tell('plain server', JSON.stringify(all.toString('latin1', 0, line)), all.length > line, all[line]);
    socket.unshift(all.subarray(line));
    const secure = new tls.TLSSocket(socket, { isServer: true, ...server });
    watch('server', secure, 'secure', 'data', 'end', 'error', 'close');
    secure.on('secure', () => secure.write('hello'));
  }), 50);
}).listen(0, '127.0.0.1', () => {
  const socket = net.connect(listening.address().port, '127.0.0.1', () => {
    socket.write('STARTTLS\n');
    const secure = tls.connect({ socket, ca: authority.cert, servername: 'localhost' });
    watch('client', secure, 'secureConnect', 'data', 'end', 'error', 'close');
    secure.once('data', () => secure.end('bye'));
    secure.on('close', () => listening.close());
  });
});
