// Copyright 2026 The duplex authors. MIT license.

// The process that forks workers. It listens for them, and gives each client to the
// next worker that is free, whatever schedulingPolicy says.

'use strict';

const EventEmitter = require('events');
const Worker = require('internal/cluster_worker_object');
const talk = require('internal/cluster_messages');
const { createServerHandle } = require('internal/net_server');

const backlog = 511;

const cluster = new EventEmitter();
module.exports = cluster;

Object.assign(cluster, {
  isWorker: false,
  isMaster: true,
  isPrimary: true,
  Worker,
  workers: {},
  settings: {},
  SCHED_NONE: 1,
  SCHED_RR: 2,
  schedulingPolicy: process.env.NODE_CLUSTER_SCHED_POLICY === 'none' ? 1 : 2,
});

let ids = 0;
const listeners = new Map(); // by key

cluster.setupPrimary = function (options) {
  const settings = {
    args: process.argv.slice(2),
    exec: process.argv[1],
    execArgv: process.execArgv,
    silent: false,
    ...cluster.settings,
    ...options,
  };
  cluster.settings = settings;
  process.nextTick(() => cluster.emit('setup', settings));
};
cluster.setupMaster = cluster.setupPrimary;

cluster.fork = function (env) {
  if (cluster.settings.exec === undefined) cluster.setupPrimary();
  const id = ++ids;
  const { settings } = cluster;
  const worker = new Worker({
    id,
    process: require('child_process').fork(settings.exec, settings.args, {
      ...settings,
      env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` },
    }),
  });
  const tell = talk(worker.process, (message, handle, answer) => heard(worker, message, answer));
  worker.on('message', (message, handle) => cluster.emit('message', worker, message, handle));

  worker.process.once('disconnect', () => {
    leave(worker);
    if (worker.isDead()) delete cluster.workers[id];
    worker.exitedAfterDisconnect = Boolean(worker.exitedAfterDisconnect);
    worker.state = 'disconnected';
    worker.emit('disconnect');
    cluster.emit('disconnect', worker);
    settle();
  });
  worker.process.once('exit', (code, signal) => {
    if (!worker.isConnected()) leave(worker);
    delete cluster.workers[id];
    worker.exitedAfterDisconnect = Boolean(worker.exitedAfterDisconnect);
    worker.state = 'dead';
    worker.emit('exit', code, signal);
    cluster.emit('exit', worker, code, signal);
    settle();
  });
  tells.set(worker, tell);
  cluster.workers[id] = worker;
  process.nextTick(() => cluster.emit('fork', worker));
  return worker;
};

const tells = new WeakMap(); // how to tell a worker something

Object.assign(Worker.prototype, {
  disconnect() {
    this.exitedAfterDisconnect = true;
    tells.get(this)({ act: 'disconnect' });
    leave(this);
    return this;
  },
  destroy(signal) {
    this.process.kill(signal || 'SIGTERM');
  },
});

let parting = []; // called when no worker is left

function settle() {
  if (Object.keys(cluster.workers).length > 0) return;
  const calls = parting;
  parting = [];
  for (const call of calls) call();
}

cluster.disconnect = function (callback) {
  if (typeof callback === 'function') parting.push(callback);
  for (const worker of Object.values(cluster.workers)) {
    if (worker.isConnected()) worker.disconnect();
  }
  process.nextTick(settle);
};

function heard(worker, message, answer) {
  switch (message.act) {
    case 'online':
      worker.state = 'online';
      worker.emit('online');
      cluster.emit('online', worker);
      break;
    case 'exitedAfterDisconnect':
      worker.exitedAfterDisconnect = true;
      answer({});
      break;
    case 'listen':
      listen(worker, message, answer);
      break;
    case 'listening': {
      const { addressType, address, port, fd } = message;
      const info = { addressType, address, port, fd };
      worker.state = 'listening';
      worker.emit('listening', info);
      cluster.emit('listening', worker, info);
      break;
    }
    case 'close':
      listeners.get(message.key)?.remove(worker);
      break;
  }
}

// leave takes a worker from all listeners.
function leave(worker) {
  for (const listener of [...listeners.values()]) listener.remove(worker);
}

// listen lets a worker share what listens at an address. Workers that want any free
// port share the first one's, and the second's, in the order of their asking.
function listen(worker, { address, port, addressType, fd, flags, mode, index, backlog: length }, answer) {
  const key = `${address}:${port}:${addressType}:${fd}:${index}`;
  let listener = listeners.get(key);
  if (listener === undefined) {
    const handle = opened(address, port, addressType, fd, flags, mode, length || backlog);
    if (typeof handle === 'number') {
      answer({ errno: handle });
      return;
    }
    listener = new Listener(key, handle);
    listeners.set(key, listener);
  }
  answer({ errno: 0, key, sockname: listener.sockname });
  listener.add(worker);
}

function opened(address, port, addressType, fd, flags, mode, length) {
  const tried = (host, family) => {
    const handle = createServerHandle(host, port, family, fd, flags);
    if (typeof handle === 'number') return handle;
    if (mode) handle.mode = mode;
    const errno = handle.listen(length);
    if (errno === 0) return handle;
    handle.close();
    return errno;
  };
  if (address || typeof fd === 'number') return tried(address, addressType);
  const handle = tried('::', 6);
  return typeof handle === 'number' && handle !== -98 ? tried('0.0.0.0', 4) : handle;
}

// A Listener is shared by workers.
class Listener {
  #key;
  #handle;
  #workers = new Set();
  #free = []; // workers that wait for a client
  #clients = []; // that wait for a worker

  constructor(key, handle) {
    this.#key = key;
    this.#handle = handle;
    const sockname = {};
    if (handle.getsockname && handle.getsockname(sockname) === 0) this.sockname = sockname;
    handle.onconnection = (errno, client) => {
      if (errno) return;
      this.#clients.push(client);
      this.#give();
    };
  }

  add(worker) {
    this.#workers.add(worker);
    this.#free.push(worker);
    this.#give();
  }

  remove(worker) {
    if (!this.#workers.delete(worker)) return;
    this.#free = this.#free.filter((other) => other !== worker);
    if (this.#workers.size > 0) return;
    for (const client of this.#clients) client.close();
    this.#handle.close();
    listeners.delete(this.#key);
  }

  #give() {
    while (this.#free.length > 0 && this.#clients.length > 0) {
      const worker = this.#free.shift();
      const client = this.#clients.shift();
      if (!this.#workers.has(worker)) {
        this.#clients.unshift(client);
        continue;
      }
      const lost = () => {
        this.#clients.unshift(client);
        this.#give();
      };
      worker.process.once('disconnect', lost);
      tells.get(worker)({ act: 'client', key: this.#key }, client, ({ accepted }) => {
        worker.process.removeListener('disconnect', lost);
        if (accepted) client.close();
        else this.#clients.unshift(client);
        if (this.#workers.has(worker)) this.#free.push(worker);
        this.#give();
      });
    }
  }
}
