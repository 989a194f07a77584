// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
for (const name of [
  'allowHalfOpen', 'bufferSize', 'bytesRead', 'bytesWritten', 'connecting', 'destroyed', 'errored', 'closed', 'pending', 'readyState',
  'readable', 'readableEnded', 'readableFlowing', 'readableLength', 'readableEncoding', 'readableObjectMode', 'readableAborted', 'readableDidRead',
  'writable', 'writableEnded', 'writableFinished', 'writableLength', 'writableNeedDrain', 'writableCorked', 'writableObjectMode', 'writableAborted',
  'timeout', 'remoteAddress', 'remotePort', 'remoteFamily', 'localAddress', 'localPort', 'localFamily', 'server', '_handle', '_bytesDispatched',
]) {
  console.log(name, socket[name]);
}
