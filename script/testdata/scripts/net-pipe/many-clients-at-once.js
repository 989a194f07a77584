// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1', () => {
  const heard = new Array(30);
  let open = heard.length;
  for (let i = 0; i < heard.length; i++) {
    const socket = net.connect(server.address().port, '127.0.0.1');
    heard[i] = '';
    socket.on('data', (chunk) => (heard[i] += chunk));
    socket.on('close', () => {
      if (--open > 0) return;
      console.log(heard.every((text, i) => text === `client ${i}`), heard.length);
      server.close();
    });
    socket.end(`client ${i}`);
  }
});
