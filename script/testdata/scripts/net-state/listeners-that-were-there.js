// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A socket keeps the place of a listener that is gone, until all of an event are removed.
const net = require('net');
const listener = () => {};
const tell = (emitter) => {
  console.log(Object.keys(emitter._events).map((name) => `${name}:${typeof emitter._events[name]}`).join(' '), emitter._eventsCount);
};

const socket = new net.Socket();
tell(socket);
socket.once('connect', listener).emit('connect');
socket.on('timeout', listener).off('timeout', listener);
tell(socket);
socket.on('drain', listener).removeAllListeners('drain');
socket.on('data', listener).off('data', listener);
tell(socket);
const server = net.createServer().once('listening', listener).on('close', listener);
server.emit('listening');
tell(server);
