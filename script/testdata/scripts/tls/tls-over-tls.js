// A connection of TLS through another one, as to a proxy.
'use strict';
const net = require('net');
const tls = require('tls');
const { serve, tell, watch, certificates: { other, authority } } = require('../secure');

const inner = tls.createServer(other, (socket) => {
  watch('inner server', socket, 'end');
  let size = 0;
  socket.on('data', (chunk) => { size += chunk.length; });
  socket.on('end', () => tell('inner server', size));
  socket.write('hello');
}).listen(0, '127.0.0.1', () => {
  const proxy = serve({ silent: true }, (port) => {
    const outer = tls.connect({ port, host: '127.0.0.1', ca: authority.cert }, () => {
      const socket = tls.connect({ socket: outer, ca: authority.cert, servername: 'other.example' });
      watch('inner client', socket, 'secureConnect', 'data', 'end');
      socket.on('error', () => {}); // Node's may find that the outer one has ended
      socket.once('data', () => {
        tell('inner client', socket.getPeerCertificate().subject.CN, outer.getPeerCertificate().subject.CN);
        socket.end(Buffer.alloc(300_000));
      });
      socket.on('close', () => {
        proxy.close();
        inner.close();
      });
    });
  }, (socket) => {
    const far = net.connect(inner.address().port, '127.0.0.1');
    far.on('error', () => {});
    socket.on('error', () => {});
    socket.pipe(far).pipe(socket);
  });
});
