// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const forms = [
    (f) => net.connect({ port, host: '127.0.0.1' }, f),
    (f) => net.connect(port, '127.0.0.1', f),
    (f) => net.connect(String(port), '127.0.0.1', f),
    (f) => net.createConnection(port, '127.0.0.1', f),
    (f) => net.createConnection({ port, host: '127.0.0.1', timeout: 5000 }, f),
    (f) => new net.Socket().connect(port, '127.0.0.1', f),
    (f) => net.Socket().connect({ port, host: '127.0.0.1' }, f),
    (f) => new net.Stream().connect({ port: String(port), host: '127.0.0.1' }, f),
    (f) => net.connect({ port, host: '127.0.0.1' }).on('connect', f),
  ];
  (function next(i) {
    if (i === forms.length) return server.close();
    const socket = forms[i](function () {
      console.log(i, this === socket, this.remoteAddress, this.timeout);
    });
    socket.resume().on('close', () => next(i + 1));
  })(0);
});
