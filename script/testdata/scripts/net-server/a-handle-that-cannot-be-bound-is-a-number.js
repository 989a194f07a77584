// Copyright 2026 The duplex authors. MIT license.

'use strict';

// _createServerHandle returns an error's number instead of a handle.
const net = require('net');

for (const args of [['127.0.0.1', 0, 4], ['::1', 0, 6], ['name', 0, 4], ['::1', 0, 4], ['127.0.0.1', 0, 6], ['192.0.2.1', 0, 4], [null, null, null, 999]]) {
  const handle = net._createServerHandle(...args);
  console.log(args, typeof handle === 'number' ? handle < 0 : handle.constructor.name);
  if (typeof handle !== 'number') handle.close();
}
const server = net.createServer().listen(0, '127.0.0.1', () => {
  const handle = net._createServerHandle('127.0.0.1', server.address().port, 4); // in use: listen tells
  const other = net.createServer().on('error', (error) => {
    console.log(error.code, error.syscall);
    server.close();
  });
  other.listen(handle);
});
