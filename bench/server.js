// Copyright 2026 The duplex authors. MIT license.

// The server under test in Node.js: node server.js MODE SIZE [KEYFILE]. It prints its
// address and ends when its standard input does; server.go starts it.

'use strict';

const fs = require('fs');
const net = require('net');

const [mode, size, keyFile] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const members = new Set();
const whole = Buffer.alloc(mode === 'source' ? size : 0).map((_, i) => i % 251);

const modes = {
  echo(socket) {
    socket.on('data', (data) => socket.write(data));
  },
  scatter(socket) {
    socket.on('data', (data) => {
      for (let i = 0; i < data.length; i += 64) socket.write(data.subarray(i, i + 64));
    });
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

const serve = (socket) => {
  socket.on('error', () => {}); // the load generator resets its connections
  modes[mode](socket);
};
const pem = keyFile && fs.readFileSync(keyFile);
const server = keyFile
  ? require('tls').createServer({ noDelay: true, key: pem, cert: pem, minVersion: 'TLSv1.3' }, serve)
  : net.createServer({ noDelay: true }, serve);

server.listen(0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`${address}:${port}`);
});

process.stdin.on('end', () => process.exit()).resume();
