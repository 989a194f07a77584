// Copyright 2026 The duplex authors. MIT license.

'use strict';

const channels = require('diagnostics_channel');
const net = require('net');
const { once } = require('events');

const told = ['net.client.socket', 'net.server.socket', 'tracing:net.server.listen:asyncStart', 'tracing:net.server.listen:asyncEnd',
  'tracing:net.server.listen:error'];

for (const channel of told) {
  channels.subscribe(channel, (message, name) => {
    const { server, socket, options, error } = message;
    console.log(name, Object.keys(message), server && [server.listening, server.listenerCount('listening')],
      socket && socket.connecting, options && Object.keys(options), error && error.code);
  });
}

function made() {
  const server = net.createServer((socket) => {
    console.log('connection');
    socket.end();
  });
  server.on('listening', () => console.log('listening'));
  server.on('error', (error) => console.log('error', error.code));
  return server;
}

(async () => {
  const server = made();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 5 }, () => console.log('called back'));
  console.log('listen returned');
  await once(server, 'listening');
  const { port } = server.address();
  const client = net.connect(port, '127.0.0.1').resume();
  console.log('connect returned');
  await once(client, 'close');
  await once(new net.Socket().connect(port, '127.0.0.1').resume(), 'close');

  const second = made().listen(port, '127.0.0.1');
  await once(second, 'error').catch(() => {});
  second.removeAllListeners('listening');
  for (const bad of [-1, {}]) {
    try {
      made().listen(bad);
    } catch (error) {
      console.log(error.code);
    }
  }
  try {
    server.listen(0);
  } catch (error) {
    console.log(error.code);
  }
  await once(made().listen('/nonexistent/folder'), 'error').catch(() => {});
  made().listen(0, '127.0.0.1').close();
  made().listen(0).close();
  net.connect(1, '127.0.0.1').on('error', (error) => console.log(error.code));
  server.close();
})();
