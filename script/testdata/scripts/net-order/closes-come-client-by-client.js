// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A server takes one client in a turn of the loop. So the first client is a turn ahead of
// the second, whatever they do, and closes first. What closes in one turn is told of with
// the last first.
const net = require('net');

const say = (...words) => console.log(...words);
const watch = (name, socket) => {
  for (const event of ['connect', 'data', 'end', 'finish', 'close']) socket.on(event, () => say(name, event));
  return socket;
};
let clients = 0;
let open = 6;
const closed = () => {
  if (--open === 0) server.close();
};
const server = net.createServer((socket) => {
  const name = `server ${++clients}`;
  say(name, 'connection');
  watch(name, socket).on('data', (chunk) => socket.write(`got ${chunk}`)).on('close', closed);
});
server.listen(0, '127.0.0.1', () => {
  for (const id of [1, 2, 3]) {
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.end('word'));
    watch(`client ${id}`, socket).on('close', closed).resume();
  }
});
