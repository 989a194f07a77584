// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const target = net.createServer((socket) => {
  target.close();
  socket.on('data', (chunk) => {
    tell('target', 'heard', chunk);
    socket.end('answer');
  });
});
target.listen(0, '127.0.0.1', () => {
  const proxy = net.createServer((socket) => {
    proxy.close();
    const onward = net.connect(target.address().port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('close', (hadError) => tell('proxy', 'close', hadError));
  });
  proxy.listen(0, '127.0.0.1', () => {
    const client = net.connect(proxy.address().port, '127.0.0.1', () => client.write('question'));
    client.on('data', (chunk) => tell('client', 'heard', chunk));
    client.on('close', (hadError) => tell('client', 'close', hadError));
  });
});
