// Copyright 2026 The duplex authors. MIT license.

'use strict';

// C reads more than four numbers with dots as an address; the lookup does, too.
const dns = require('dns');
const net = require('net');

const hosts = ['127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.1', '0'];
const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.1', () => console.log(socket.remoteAddress, socket._host));
  socket.resume().on('close', () => server.close(next));
  const next = () => {
    const host = hosts.shift();
    if (host === undefined) return;
    dns.lookup(host, (error, address, family) => {
      console.log(host, net.isIP(host), error && error.code, address, family);
      next();
    });
  };
});
