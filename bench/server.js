// Copyright 2026 The duplex authors. MIT license.

// The server under test in Node.js: node server.js MODE SIZE. It prints its
// address and ends when its standard input does; server.go starts it.

'use strict';

const net = require('net');

const [mode, size] = [process.argv[2], Number(process.argv[3])];
const members = new Set();
const whole = Buffer.alloc(mode === 'source' ? size : 0).map((_, i) => i % 251);

const modes = {
  echo(socket) {
    socket.on('data', (data) => socket.write(data));
  },
  broadcast(socket) {
    members.add(socket);
    socket.on('close', () => members.delete(socket));
    socket.on('data', (data) => {
      for (const member of members) member.write(data);
    });
  },
  sink(socket) {
    let got = 0;
    socket.on('data', (data) => {
      for (got += data.length; got >= size; got -= size) socket.write('\0');
    });
  },
  source(socket) {
    const flow = () => { while (socket.write(whole)); };
    socket.on('data', flow);
    socket.on('drain', flow);
  },
};

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {}); // the load generator resets its connections
  modes[mode](socket);
});

server.listen(0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`${address}:${port}`);
});

process.stdin.on('end', () => process.exit()).resume();
