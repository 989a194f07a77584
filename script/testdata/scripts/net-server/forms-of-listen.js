// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const forms = [
  (server, done) => server.listen(done),
  (server, done) => server.listen(0, done),
  (server, done) => server.listen('0', done),
  (server, done) => server.listen(0, '127.0.0.1', done),
  (server, done) => server.listen(0, '127.0.0.1', 5, done),
  (server, done) => server.listen(0, 5, done),
  (server, done) => server.listen({ port: 0, host: '127.0.0.1', backlog: 3, exclusive: true }, done),
  (server, done) => server.listen(null, done),
  (server, done) => server.listen(undefined, done),
  (server, done) => server.listen({ port: 0, host: '127.0.0.1' }).on('listening', done),
];
(function next(i) {
  if (i === forms.length) return;
  const server = net.createServer();
  const returned = forms[i](server, function () {
    console.log(i, this === server, returned === server, typeof server.address().port);
    server.close(() => next(i + 1));
  });
})(0);
