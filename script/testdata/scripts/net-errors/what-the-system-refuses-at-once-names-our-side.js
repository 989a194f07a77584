// Copyright 2026 The duplex authors. MIT license.

'use strict';

// The kernel has no way to a broadcast address: no attempt has failed, it was not made.
const net = require('net');
const events = ['connectionAttempt', 'connectionAttemptFailed', 'error', 'close'];
const tell = (name, socket) => {
  for (const event of events) {
    socket.on(event, (...args) => {
      const error = args.find((arg) => arg instanceof Error);
      console.log(name, event, error ? [error.message, error.code, error.localAddress, error.localPort] : '');
      for (const each of error?.errors ?? []) console.log(name, each.message, each.localAddress);
    });
  }
  return socket;
};
tell('one', net.connect({ port: 7, host: '255.255.255.255' })).on('close', () => {
  const addresses = [{ address: '255.255.255.255', family: 4 }, { address: '224.0.0.1', family: 4 }];
  tell('two', net.connect({ port: 7, host: 'two', lookup: (host, options, callback) => setImmediate(callback, null, addresses) }));
});
