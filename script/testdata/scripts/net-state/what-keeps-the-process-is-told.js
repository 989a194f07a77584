// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { once } = require('events');

// Node counts the standard streams that are pipes, too.
const own = new Set();

function tell(what) {
  console.log(what, process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap').sort(),
    process._getActiveHandles().filter((handle) => own.has(handle)).map((handle) => handle.constructor.name),
    process._getActiveRequests().map((request) => request.constructor.name));
}

function owned(handle) {
  own.add(handle);
  return handle;
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

(async () => {
  tell('nothing');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'active-'));
  for (const where of [path.join(folder, 's'), { port: 0, host: '127.0.0.1' }]) {
    const server = owned(net.createServer((socket) => owned(socket).on('error', () => {}))).listen(where);
    await once(server, 'listening');
    tell('a server');
    const accepted = once(server, 'connection');
    const client = owned(net.connect(where.port === 0 ? server.address().port : where, '127.0.0.1'));
    process.nextTick(tell, 'connecting');
    await once(client, 'connect');
    const [peer] = await accepted;
    await turn();
    tell('connected');
    client.unref();
    tell('unref');
    client.ref();
    client.pause();
    tell('paused');
    const over = Promise.all([once(client, 'close'), once(peer, 'close')]);
    client.destroy();
    await over;
    await turn();
    tell('closed');
    server.unref();
    tell('server unref');
    server.close();
  }
  fs.rmdirSync(folder);
  await turn();
  const timers = [setTimeout(() => {}, 1e6), setInterval(() => {}, 1e6), setTimeout(() => {}, 1e6).unref()];
  const soon = setImmediate(() => {});
  tell('timers');
  clearImmediate(soon);
  timers.forEach(clearTimeout);
  tell('nothing');
})();
