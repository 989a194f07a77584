// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { once } = require('events');

(async () => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  console.log('connected');
  client.write('ping');
  console.log(String((await once(socket, 'data'))[0]));
  socket.end('pong');
  console.log(String((await once(client, 'data'))[0]));
  console.log(await once(client, 'close'));
  server.close();
  await once(server, 'close');
  console.log('closed');
})();
