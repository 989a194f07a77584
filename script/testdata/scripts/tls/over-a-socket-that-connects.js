// tls.connect may be given a socket that is not connected yet.
'use strict';
const net = require('net');
const tls = require('tls');
const { serve, tell, watch, certificates: { authority } } = require('../secure');

const server = serve({}, async (port) => {
  const early = (socket) => new Promise((resolve) => {
    const secure = tls.connect({ socket, ca: authority.cert, servername: 'localhost' });
    tell('client', secure.connecting, secure.readyState);
    watch('client', secure, 'connect', 'secureConnect', 'data', 'end', 'error', 'close');
    secure.write('early');
    secure.on('data', () => secure.end());
    secure.on('close', resolve);
  });
  await early(net.connect(port, '127.0.0.1'));
  const later = new net.Socket();
  const done = early(later);
  later.connect(port, '127.0.0.1');
  await done;
  const bad = net.connect(port, '127.0.0.2');
  bad.destroy(new Error('of the socket below'));
  await early(bad);
  server.close();
}, (socket) => socket.on('data', (chunk) => socket.end(chunk)));
