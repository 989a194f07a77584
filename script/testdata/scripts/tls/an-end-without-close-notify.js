// The connection ends below TLS: a plain end for scripts.
'use strict';
const net = require('net');
const { serve, connect, tell } = require('../secure');

const go = (maxVersion, next) => {
  tell('client', maxVersion);
  const server = serve({ maxVersion }, (port) => {
    let ways;
    const between = net.createServer((near) => {
      const far = net.connect(port, '127.0.0.1');
      near.on('error', () => {});
      far.on('error', () => {});
      near.pipe(far, { end: false });
      far.pipe(near, { end: false });
      ways = [near, far];
    }).listen(0, '127.0.0.1', () => {
      const socket = connect(between.address().port);
      socket.on('data', (chunk) => {
        tell('client', 'data', chunk);
        ways.forEach((way) => way.unpipe().resume().end());
      });
      socket.on('close', () => between.close(() => server.close(next)));
    });
  }, (socket) => {
    socket.write('hello');
    socket.resume();
  });
};

go('TLSv1.2', () => go('TLSv1.3'));
