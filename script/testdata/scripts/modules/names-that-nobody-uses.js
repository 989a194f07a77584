// Copyright 2026 The duplex authors. MIT license.

'use strict';

const modules = ['tls', 'http', 'https', 'http2', 'zlib', 'dgram', 'inspector', 'inspector/promises', 'v8', 'repl', 'trace_events', 'wasi',
  'node:sea', '_http_agent', '_http_client', '_http_common', '_http_incoming', '_http_outgoing', '_http_server', '_tls_common', '_tls_wrap'];

// Of a class, what it extends and the names of what it has.
function described(value) {
  if (typeof value !== 'function') return typeof value === 'object' || typeof value === 'symbol' ? typeof value : String(value);
  const { prototype } = value;
  if (!prototype || Object.getOwnPropertyNames(prototype).length < 2) return 'function';
  const parent = Object.getPrototypeOf(prototype).constructor;
  return `${value.name} extends ${parent.name}: ${Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor').sort()}`;
}

for (const name of modules) {
  const found = require(name);
  console.log(name, require(name) === found, Object.keys(found).length);
  for (const key of Object.keys(found)) console.log('  ', key, described(found[key]));
}
