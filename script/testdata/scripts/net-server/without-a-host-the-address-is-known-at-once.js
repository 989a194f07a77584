// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.listen(0, () => {
  console.log('listening');
  server.close();
});
console.log(server.listening, typeof server.address().port, server.address().port > 0);
