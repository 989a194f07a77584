// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  console.log('paused', socket.isPaused(), socket.readableFlowing);
  let resumed = false;
  socket.on('data', (chunk) => {
    console.log('resumed', resumed, chunk.toString());
    socket.end();
    server.close();
  });
  console.log('a listener does not resume it', socket.isPaused());
  setTimeout(() => {
    resumed = true;
    socket.resume();
  }, 30);
});
server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1').resume().end('early words');
});
