// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Who wraps a socket or a server goes through its members.
const net = require('net');
const members = (object) => {
  const names = [];
  for (const name in object) names.push(name);
  return names;
};

const socket = new net.Socket();
console.log(members(socket).sort().join(' '));
console.log(Object.keys(net.Socket.prototype).filter((name) => name !== 'write').join(' '));
console.log(Object.keys(net.Server.prototype).filter((name) => name !== '_setupWorker').join(' '));
for (const name of ['readyState', 'pending', 'bytesRead', 'remoteAddress', '_handle']) {
  const { get, enumerable, configurable } = Object.getOwnPropertyDescriptor(net.Socket.prototype, name);
  console.log(name, get.name, enumerable, configurable);
}
console.log(net.Server.prototype._listen2.length, net.Server.prototype.propertyIsEnumerable(Symbol.asyncDispose));
