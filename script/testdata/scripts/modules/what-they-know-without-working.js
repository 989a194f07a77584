// Copyright 2026 The duplex authors. MIT license.

'use strict';

const http = require('http');
const https = require('https');
const http2 = require('http2');
const zlib = require('zlib');

console.log(http.METHODS.join(), http.STATUS_CODES, http.maxHeaderSize);
console.log(http2.constants, typeof http2.sensitiveHeaders);
console.log(zlib.constants, zlib.codes, zlib.Z_BEST_SPEED, Object.getOwnPropertyDescriptor(zlib.constants, 'Z_OK'));
console.log(require('inspector').url(), require('v8').startupSnapshot.isBuildingSnapshot(), require('trace_events').getEnabledCategories());

for (const agent of [http.globalAgent, https.globalAgent, new http.Agent({ keepAlive: true, maxSockets: 3 }), new https.Agent()]) {
  const { defaultPort, protocol, keepAlive, keepAliveMsecs, maxSockets, maxFreeSockets, options, sockets } = agent;
  console.log(agent.constructor.name, defaultPort, protocol, keepAlive, keepAliveMsecs, maxSockets, maxFreeSockets, options, sockets);
  console.log(agent instanceof http.Agent, agent instanceof https.Agent, agent instanceof require('events'));
  agent.destroy();
}

for (const f of [() => http.validateHeaderName('a b'), () => http.validateHeaderName(''), () => http.validateHeaderName('x-a'),
  () => http.validateHeaderValue('a', undefined), () => http.validateHeaderValue('a', 'x\u0101'), () => http.validateHeaderValue('a', 'b')]) {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
