// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

(async () => {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connect = () => net.connect(server.address().port, '127.0.0.1').resume();
  connect();
  let clients = 0;
  for await (const socket of server) {
    console.log(socket instanceof net.Socket, socket.server === server);
    socket.end();
    if (++clients < 3) connect();
    else server.close();
  }
  console.log('closed', server.listening);

  const failing = net.createServer();
  const iterator = failing[Symbol.asyncIterator]();
  setImmediate(() => failing.emit('error', new Error('mine')));
  await iterator.next().catch((error) => console.log(error.message));
})();
