// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer((socket) => {
  tell('server', 'connection');
  socket.resume();
  const late = net.connect(server.address().port, '127.0.0.1');
  late.on('end', () => tell('late', 'end'));
  late.on('close', (hadError) => tell('late', 'close', hadError));
  late.resume();
});
server.maxConnections = 1;
server.on('drop', (info) => {
  tell('server', 'drop', Object.keys(info).sort(), info.localAddress, info.remoteAddress, info.localFamily, info.remoteFamily);
  tell('server', 'ports', info.localPort === server.address().port, info.remotePort > 0);
  first.end();
  server.close();
});
const first = new net.Socket();
first.on('close', (hadError) => tell('first', 'close', hadError));
first.resume();
server.listen(0, '127.0.0.1', () => first.connect(server.address().port, '127.0.0.1'));
