// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const blockList = new net.BlockList();
blockList.addAddress('127.0.0.1');
const server = net.createServer({ blockList }, (socket) => socket.end('served'));
const ask = (localAddress, done) => {
  let text = '';
  net.connect({ port: server.address().port, host: '127.0.0.1', localAddress })
    .on('data', (chunk) => { text += chunk; })
    .on('error', () => {})
    .on('close', () => {
      console.log(JSON.stringify(text));
      done();
    });
};
server.listen(0, '127.0.0.1', () => {
  ask('127.0.0.1', () => ask('127.0.0.2', () => {
    blockList.clear(); // the server sees it
    ask('127.0.0.1', () => server.close());
  }));
});
