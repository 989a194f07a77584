'use strict';
const { tell, certificates } = require('../secure');
const tls = require('tls');

const server = tls.createServer(certificates.server, (socket) => {
  socket.pipe(socket);
}).listen(0, '127.0.0.1', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => new Promise((resolve) => {
    const socket = tls.connect({ port: server.address().port, host: '127.0.0.1', ca: certificates.authority.cert });
    const text = `${i} `.repeat(5000);
    let got = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => { got += chunk; });
    socket.on('end', () => resolve(got === text));
    socket.on('error', (error) => resolve(error.message));
    socket.end(text);
  })));
  tell('client', all.length, all.every((one) => one === true));
  server.close(() => tell('server', 'closed'));
});
