// Copyright 2026 The duplex authors. MIT license.

// Not strict: what cannot be assigned is ignored.

const net = require('net');

const names = ['pending', 'readyState', 'bufferSize', '_connecting', 'bytesRead', 'bytesWritten', '_bytesDispatched', 'remoteAddress', 'remotePort',
  'remoteFamily', 'localAddress', 'localPort', 'localFamily', 'closed', 'errored', 'writableLength', 'readableLength', 'readableEnded'];
const socket = new net.Socket();
for (const name of names) {
  const before = socket[name];
  socket[name] = 'mine';
  console.log(name, before, socket[name], Object.hasOwn(socket, name));
}
for (const what of [new Map([[1, 2]]), new Set([1])]) {
  what.size = 7;
  console.log(what.size, Object.keys(what), Object.getOwnPropertyNames(Object.getPrototypeOf(what)).includes('size'));
}

// And so for every class of these modules.
const wrong = [];
for (const module of ['net', 'tls', 'stream', 'events', 'buffer', 'util', 'fs', 'url', 'readline', 'perf_hooks', 'worker_threads', 'stream/web']) {
  for (const [name, value] of Object.entries(require(module))) {
    if (typeof value !== 'function' || !value.prototype) continue;
    for (const key of Reflect.ownKeys(value.prototype)) {
      const { get, set } = Object.getOwnPropertyDescriptor(value.prototype, key);
      if (!get || set) continue;
      const made = Object.create(value.prototype);
      made[key] = 'mine';
      if (Object.hasOwn(made, key)) wrong.push(`${module}.${name} ${String(key)}`);
    }
  }
}
console.log(wrong);
