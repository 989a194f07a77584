// Plain text to a server of TLS.
'use strict';
const net = require('net');
const { serve, tell, watch } = require('../secure');

const server = serve({}, async (port) => {
  for (const text of ['GET / HTTP/1.1\r\n\r\n', 'HELO me, this is mail\r\n', 'CONNECT a:1 HTTP/1.1\r\n\r\n', '']) {
    await new Promise((resolve) => {
      tell('server', JSON.stringify(text));
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('data', (alert) => tell('client', 'data', alert.toString('hex')));
      socket.on('end', () => tell('client', 'end'));
      if (text) socket.write(text);
      else socket.end();
      let left = 2;
      const done = () => {
        if (--left === 0) resolve();
      };
      socket.on('close', done);
      server.once('tlsClientError', (error, secure) => {
        tell('server', Object.keys(error), error.name, secure.constructor.name);
        done();
      });
    });
  }
  server.close();
});
