// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const stream = require('stream');
const { EventEmitter } = require('events');

const socket = new net.Socket();
console.log(socket instanceof net.Socket, socket instanceof stream.Duplex, socket instanceof stream.Readable);
console.log(socket instanceof stream.Writable, socket instanceof stream.Stream, socket instanceof stream, socket instanceof EventEmitter);
console.log(Object.getPrototypeOf(net.Socket.prototype) === stream.Duplex.prototype, Object.getPrototypeOf(net.Socket) === stream.Duplex);
console.log(socket.constructor.name, Object.prototype.toString.call(socket), typeof socket[Symbol.asyncIterator]);
console.log(net.Socket() instanceof net.Socket);
class Mine extends net.Socket {
  hello() {
    return `hello from ${this.constructor.name}`;
  }
}
console.log(new Mine().hello(), new Mine() instanceof net.Socket);
