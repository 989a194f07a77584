// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { PerformanceObserver } = require('perf_hooks');

console.log(PerformanceObserver.supportedEntryTypes.includes('net'));
let server;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { host, port } = entry.detail;
    console.log(entry.name, entry.entryType, entry.constructor.name, entry.startTime > 0, entry.duration >= 0, host, port === server.address().port,
      Object.keys(entry.detail));
  }
});
observer.observe({ entryTypes: ['net'] });

server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  net.connect(1, '127.0.0.1').on('error', (error) => {
    console.log(error.code);
    net.connect(port, '127.0.0.1').resume().on('close', () => {
      const lookup = (host, options, callback) => callback(null, [{ address: '127.0.0.9', family: 4 }, { address: '127.0.0.1', family: 4 }]);
      net.connect({ port, host: 'two.addresses', lookup }).resume().on('close', () => {
        setTimeout(() => {
          observer.disconnect();
          net.connect(port, '127.0.0.1').resume().on('close', () => server.close());
        }, 10);
      });
    });
  });
});
