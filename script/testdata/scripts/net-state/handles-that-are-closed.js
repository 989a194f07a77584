// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A handle that is closed has lost its descriptor, and its addresses with it.
const net = require('net');
const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    const handle = socket._handle;
    const listening = server._handle;
    socket.destroy();
    server.close();
    console.log(socket._handle, server._handle, handle.fd, listening.fd);
    console.log(handle.getsockname({}), handle.getpeername({}), listening.getsockname({}), handle.hasRef(), listening.hasRef());
    const timer = setInterval(() => {
      if (handle.hasRef() || listening.hasRef()) return;
      clearInterval(timer);
      console.log(handle.hasRef(), listening.hasRef());
    }, 1);
  });
});
