'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const tls = require('tls');
const { tell, watch, said, certificates: { server, authority } } = require('../secure');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tls-'));
const name = path.join(folder, 'socket');
const listening = tls.createServer(server, (socket) => {
  watch('server', socket, 'data', 'end', 'close');
  tell('server', socket.remoteAddress);
  socket.end('hello');
}).listen(name, () => {
  const socket = tls.connect({ path: name, ca: authority.cert, servername: 'localhost' }, () => tell('client', socket.authorized));
  watch('client', socket, 'connect', 'secureConnect', 'data', 'end', 'close');
  socket.on('error', (error) => tell('client', said(error)));
  socket.on('close', () => listening.close(() => fs.rmSync(folder, { recursive: true })));
});
