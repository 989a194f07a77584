// A connection that is plain at first, in both roles.
'use strict';
const net = require('net');
const tls = require('tls');
const { tell, watch, said, certificates: { server, authority } } = require('../secure');

const listening = net.createServer((socket) => {
  watch('plain server', socket, 'end', 'error', 'close');
  socket.write('220 ready\r\n');
  socket.once('data', (line) => {
    tell('plain server', 'data', JSON.stringify(line.toString()));
    socket.write('220 go ahead\r\n');
    const secure = new tls.TLSSocket(socket, { isServer: true, ...server });
    secure.on('end', () => tell('server', secure.bytesRead, secure.bytesWritten));
    watch('server', secure, 'secure', 'data', 'end', 'error', 'close');
    secure.on('secure', () => {
      tell('server', secure.getProtocol(), secure.authorized, secure.remoteAddress);
      secure.write('250 hello');
    });
  });
}).listen(0, '127.0.0.1', () => {
  const socket = net.connect(listening.address().port, '127.0.0.1');
  watch('plain client', socket, 'connect', 'data', 'end', 'error', 'close');
  socket.once('data', () => {
    socket.write('STARTTLS\r\n');
    socket.once('data', () => {
      socket.removeAllListeners('data');
      const secure = tls.connect({ socket, ca: authority.cert, servername: 'localhost' }, () => {
        tell('client', 'callback', secure.authorized, secure.connecting, secure.remotePort === listening.address().port);
      });
      watch('client', secure, 'connect', 'secureConnect', 'end', 'close');
      secure.on('error', (error) => tell('client', said(error)));
      secure.on('data', (chunk) => {
        tell('client', 'data', chunk);
        secure.end('QUIT');
      });
      secure.write('EHLO ');
      secure.on('end', () => tell('client', secure.bytesRead, secure.bytesWritten));
      secure.on('close', () => {
        tell('client', secure.bytesRead, secure.bytesWritten);
        listening.close();
      });
    });
  });
});
