// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

let count = 0;
const server = net.createServer((socket) => {
  const number = ++count;
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    tell(`server of ${number}`, text);
    socket.end(`you are ${number}`);
  });
  if (number === 1) connect('second');
  else server.close();
});
function connect(name) {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write(`I am the ${name}`);
  socket.on('data', (chunk) => tell(name, chunk));
  socket.on('close', (hadError) => tell(name, 'close', hadError));
}
server.on('close', () => tell('zz', 'server close, clients', count));
server.listen(0, '127.0.0.1', () => connect('first'));
