// Copyright 2026 The duplex authors. MIT license.

// A process that a cluster's primary has forked: what it listens on, the primary
// does, and gives it clients.

'use strict';

const EventEmitter = require('events');
const Worker = require('internal/cluster_worker_object');
const talk = require('internal/cluster_messages');
const servers = require('internal/net_server');

const cluster = new EventEmitter();
module.exports = cluster;

const handles = new Map(); // by key
const indices = new Map(); // how often an address was listened on

let tell;

Object.assign(cluster, { isWorker: true, isMaster: false, isPrimary: false, worker: null, Worker });

// _setupWorker makes this process the worker id.
cluster._setupWorker = function (id) {
  const worker = new Worker({ id, process, state: 'online' });
  cluster.worker = worker;
  process.once('disconnect', () => { // and so it stays alive
    worker.emit('disconnect');
    if (!worker.exitedAfterDisconnect) process.exit(0);
  });
  tell = talk(process, (message, handle, answer) => {
    if (message.act === 'client') accept(message.key, handle, answer);
    else if (message.act === 'disconnect') part(true);
  });
  servers.share = cluster._getServer;
  tell({ act: 'online' });
};

function accept(key, client, answer) {
  const handle = handles.get(key);
  const accepted = handle !== undefined && client !== undefined;
  answer({ accepted });
  if (accepted) handle.onconnection(0, client);
  else if (client) client.close();
}

// _getServer calls back with (errno, handle) of what the primary listens on.
cluster._getServer = function (server, target, callback) {
  const { address, port, family: addressType, fd, flags, mode, backlog } = target;
  const name = `${address}:${port}:${addressType}:${fd}`;
  const index = indices.get(name) ?? 0;
  indices.set(name, index + 1);
  tell({ act: 'listen', address, port, addressType, fd, flags, mode, backlog, index }, undefined, ({ errno, key, sockname }) => {
    if (errno) {
      callback(errno);
      return;
    }
    const handle = new SharedHandle(key, sockname);
    handles.set(key, handle);
    server.once('listening', () => {
      const at = server.address();
      const info = typeof at === 'object' && at !== null ? { address: at.address, port: at.port } : { address, port };
      cluster.worker.state = 'listening';
      tell({ act: 'listening', ...info, address: address ?? null, addressType, fd });
    });
    callback(0, handle);
  });
};

// SharedHandle stands for a handle of the primary's.
class SharedHandle {
  #key;
  #sockname;

  constructor(key, sockname) {
    this.#key = key;
    this.#sockname = sockname;
    this.onconnection = null;
    if (sockname === undefined) this.getsockname = undefined;
  }

  listen() {
    return 0;
  }

  getsockname(object) {
    Object.assign(object, this.#sockname);
    return 0;
  }

  close(callback) {
    if (handles.get(this.#key) !== this) return;
    handles.delete(this.#key);
    tell({ act: 'close', key: this.#key });
    if (typeof callback === 'function') process.nextTick(() => callback.call(this));
  }

  getAsyncId() {
    return -1;
  }

  hasRef() {
    return true;
  }

  ref() {}

  unref() {}
}

// part stops listening and, when the servers are closed, leaves the primary.
function part(asked) {
  cluster.worker.exitedAfterDisconnect = true;
  let open = 1;
  const closed = () => {
    if (--open > 0) return;
    if (asked) leave();
    else tell({ act: 'exitedAfterDisconnect' }, undefined, leave);
  };
  for (const handle of [...handles.values()]) {
    open++;
    const server = handle[require('internal/net_handle').owner];
    if (server) server.close(closed);
    else handle.close(closed);
  }
  process.nextTick(closed);
}

function leave() {
  if (process.connected) process.disconnect();
}

Object.assign(Worker.prototype, {
  disconnect() {
    if (!this.exitedAfterDisconnect) part(false);
    return this;
  },
  destroy() {
    if (!this.isConnected()) process.exit(0);
    this.exitedAfterDisconnect = true;
    tell({ act: 'exitedAfterDisconnect' }, undefined, () => process.disconnect());
    process.once('disconnect', () => process.exit(0));
  },
});
