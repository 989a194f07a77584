// Copyright 2026 The duplex authors. MIT license.

// TLS over a stream that is not a connection of ours, such as a Duplex of the script's or
// another TLSSocket: a pair of connected sockets stands between the two. It keeps the script
// alive once TLS has begun, since then there may be bytes on their way.
'use strict';

const { Socket } = require('net');
const { Pipe, kNative } = require('internal/net_handle');
const { kHold } = require('internal/tls/handle');
const { errnoException } = require('internal/uv');
const net = binding('net');

class JSStreamSocket extends Socket {
  constructor(stream) {
    const [near, far] = [new Pipe(Pipe.constants.SOCKET), new Pipe(Pipe.constants.SOCKET)];
    const errno = net.pair(near[kNative], far[kNative]);
    if (errno !== 0) throw errnoException(errno, 'socketpair');
    super({ handle: near, manualStart: true, allowHalfOpen: true });
    this.stream = stream;
    const other = new Socket({ handle: far, allowHalfOpen: true });
    stream.pipe(other);
    pour(other, stream);
    stream.on('error', (error) => this.emit('error', error));
    stream.on('close', () => {
      if (!stream.readableEnded) this.destroy();
    });
    other.on('error', () => {}); // TLS has ended, and says so
    let ended = false;
    let closed = false;
    const done = () => { // what TLS has said last is on its way
      if (!ended || !closed) return;
      other.destroy();
      if (stream.writableFinished || !stream.writableEnded) stream.destroy();
      else stream.once('finish', () => stream.destroy());
    };
    other.on('end', () => {
      ended = true;
      done();
    });
    this.on('close', () => {
      closed = true;
      done();
    });
    this.unref();
    other.unref();
    this[kHold] = () => {
      this.ref();
      other.ref();
    };
  }
}
exports.JSStreamSocket = JSStreamSocket;

// pour is a pipe that drops what a stream does not take any more: the last word of TLS may
// come after the stream has ended.
function pour(from, stream) {
  from.on('data', (chunk) => {
    if (!stream.writable || stream.write(chunk)) return;
    from.pause();
    stream.once('drain', () => from.resume());
  });
  from.on('end', () => {
    if (stream.writable) stream.end();
  });
}
