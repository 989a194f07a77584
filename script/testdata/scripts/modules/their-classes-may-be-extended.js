// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { inherits } = require('util');
const http = require('http');
const zlib = require('zlib');
const tls = require('tls');

class Mine extends http.Agent {
  constructor(options) {
    super(options);
    this.mine = true;
  }
}
const mine = new Mine({ keepAlive: true });
console.log(mine.mine, mine.keepAlive, mine instanceof http.Agent, http.Agent() instanceof http.Agent);

function Old() {
  http.Agent.call(this, { maxSockets: 1 });
}
inherits(Old, http.Agent);
console.log(new Old().maxSockets);

class Inflate extends zlib.Inflate {}
class Secure extends tls.TLSSocket {
  renegotiate() {
    return 'mine';
  }
}
class Server extends http.Server {}
console.log(Inflate.name, Secure.prototype.renegotiate(), Object.getPrototypeOf(Server) === http.Server);

// As the frameworks do that make a request of their own.
const request = Object.create(http.IncomingMessage.prototype);
console.log(request instanceof require('stream').Readable, request instanceof http.IncomingMessage);
const response = Object.create(http.ServerResponse.prototype);
response.get = () => 'mine';
console.log(response.statusCode, response.get(), response instanceof http.OutgoingMessage);
