// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const answers = [
  ['not an address', 4],
  [undefined, undefined],
  ['127.0.0.1', 5],
];
(function next(i) {
  if (i === answers.length) return;
  const socket = net.connect({
    port: 1,
    host: 'some.host',
    autoSelectFamily: false,
    lookup: (host, options, callback) => setImmediate(callback, null, ...answers[i]),
  });
  socket.on('error', (e) => console.log('error', e.name, e.code, e.message));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    next(i + 1);
  });
})(0);
