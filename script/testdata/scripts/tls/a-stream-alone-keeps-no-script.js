// A TLSSocket over a stream that no connection is behind keeps the script no longer than
// the stream does; some packages make one only to look at its class.
'use strict';
const { TLSSocket } = require('tls');
const { PassThrough } = require('stream');
const socket = new TLSSocket(new PassThrough());
console.log(socket._handle._parentWrap.constructor.name, socket.encrypted, socket.connecting);
setTimeout(() => console.log('the script goes on', socket.destroyed), 20);
process.on('exit', (code) => console.log('and ends', code));
