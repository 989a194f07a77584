// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket({ typeOfService: 16 });
console.log(socket.getTypeOfService(), socket.setTypeOfService(8) === socket, socket.getTypeOfService());
console.log(new net.Socket().getTypeOfService());
for (const call of [() => socket.setTypeOfService(256), () => socket.setTypeOfService(-1), () => socket.setTypeOfService('8'),
  () => new net.Socket({ typeOfService: 1.5 })]) {
  try {
    call();
    console.log('no error');
  } catch (error) {
    console.log(error.name, error.code);
  }
}
console.log(socket.getTypeOfService());
