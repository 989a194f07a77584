// Copyright 2026 The duplex authors. MIT license.

// net.Server: an EventEmitter over a handle that listens.
'use strict';

const EventEmitter = require('events');
const { codes, define } = require('internal/errors');
const { validateNumber, validateAbortSignal } = require('internal/validators');
const { TCP, Pipe, owner, isHandle, reusePort } = require('internal/net_handle');
const { Socket, kNoDelay, kKeepAlive, kKeepAliveDelay, kBlockList } = require('internal/net_socket');
const { kNormalized, normalize, isPipeName } = require('internal/net_connect');
const { isIP, isPort } = require('internal/net_address');
const { described, errnoException, exceptionWithHostPort, from } = require('internal/uv');
const { ids } = require('internal/async_ids');
const watch = require('internal/net_watch');
const native = binding('net');

define('ERR_SERVER_ALREADY_LISTEN', Error, 'Listen method has been called more than once without closing.');
define('ERR_SERVER_NOT_RUNNING', Error, 'Server is not running.');

const UV_EADDRINUSE = -98;
const UV_EINVAL = -22;
const defaultBacklog = 511;

const kAsyncId = Symbol('async_id_symbol');

function Server(options, connectionListener) {
  if (!(this instanceof Server)) return new Server(options, connectionListener);
  EventEmitter.call(this);
  if (typeof options === 'function') {
    connectionListener = options;
    options = {};
    this.on('connection', connectionListener);
  } else if (options == null || typeof options === 'object') {
    options = { ...options };
    if (typeof connectionListener === 'function') this.on('connection', connectionListener);
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  let delay = options.keepAliveInitialDelay;
  if (delay !== undefined) {
    validateNumber(delay, 'options.keepAliveInitialDelay');
    if (delay < 0) delay = 0;
  }
  let mark = options.highWaterMark;
  if (mark !== undefined) validateNumber(mark, 'options.highWaterMark');
  if (mark === undefined || mark < 0) mark = require('stream').getDefaultHighWaterMark();
  this._connections = 0;
  this._handle = null;
  this._usingWorkers = false;
  this._workers = [];
  this._unref = false;
  this._listeningId = 1;
  this.allowHalfOpen = options.allowHalfOpen || false;
  this.pauseOnConnect = Boolean(options.pauseOnConnect);
  this.noDelay = Boolean(options.noDelay);
  this.keepAlive = Boolean(options.keepAlive);
  this.keepAliveInitialDelay = ~~(delay / 1000);
  this.highWaterMark = mark;
  this[kAsyncId] = -1;
  if (options.blockList != null) { // after v20
    require('internal/blocklist').validateBlockList(options.blockList, 'options.blockList');
    Object.defineProperty(this, kBlockList, { value: options.blockList });
  }
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);
Server.prototype._listen2 = undefined; // the first, as in Node
exports.Server = Server;

const numeric = (value) => ((value = Number(value)) >= 0 ? value : false);

Server.prototype.listen = function (...args) {
  const normalized = Array.isArray(args[0]) && args[0][kNormalized] ? args[0] : normalize(args);
  let [options, callback] = normalized;
  if (this._handle) throw new codes.ERR_SERVER_ALREADY_LISTEN();
  if (watch.tell) watch.tell('tracing:net.server.listen:asyncStart', { server: this, options });
  if (callback !== null) this.once('listening', callback);
  const backlog = numeric(args.length > 1 && args[1]) || numeric(args.length > 2 && args[2]);
  options = options._handle || options.handle || options;
  if (isHandle(options)) {
    this._handle = options;
    start(this, { address: null, port: -1, family: -1, backlog });
    return this;
  }
  closeWith(this, options.signal);
  if (typeof options.fd === 'number' && options.fd >= 0) {
    start(this, { address: null, port: null, family: null, backlog, fd: options.fd });
    return this;
  }
  if (args.length === 0 || typeof args[0] === 'function' || options.port === null ||
      (options.port === undefined && 'port' in options)) {
    options.port = 0;
  }
  const { port, host, path } = options;
  const shared = options.reusePort === true; // after v20; a worker of a cluster then listens by itself
  const exclusive = options.exclusive || shared;
  if (typeof port === 'number' || typeof port === 'string') {
    if (!isPort(port)) throw new codes.ERR_SOCKET_BAD_PORT('options.port', port);
    const target = { port: port | 0, exclusive, backlog: options.backlog || backlog, v6only: options.ipv6Only === true, shared };
    if (host) find(this, host, target);
    else start(this, { ...target, address: null, family: 4, v6only: false }); // as Node: only a host heeds ipv6Only
    return this;
  }
  if (path && isPipeName(path)) {
    const mode = (options.readableAll ? 0o444 : 0) | (options.writableAll ? 0o222 : 0);
    this._pipeName = path;
    start(this, { address: path, port: -1, family: -1, backlog: options.backlog || backlog, mode, exclusive });
    return this;
  }
  if (!('port' in options || 'path' in options)) {
    throw new codes.ERR_INVALID_ARG_VALUE('options', options, 'must have the property "port" or "path"');
  }
  throw new codes.ERR_INVALID_ARG_VALUE('options', options);
};

function closeWith(server, signal) {
  if (signal === undefined) return;
  validateAbortSignal(signal, 'options.signal');
  const close = () => server.close();
  if (signal.aborted) {
    process.nextTick(close);
  } else {
    signal.addEventListener('abort', close, { once: true });
    server.once('close', () => signal.removeEventListener('abort', close));
  }
}

// find looks up the host to listen on, off this tick even if there is nothing to
// look up.
function find(server, host, target) {
  const id = ++server._listeningId;
  const found = (error, address, family) => {
    if (server._listeningId !== id) return; // closed meanwhile
    if (error) server.emit('error', error);
    else bind(server, { ...target, address, family: address ? family : 4 }, 'doListen (node:net:2139:7)', tick);
  };
  const family = typeof host === 'string' ? isIP(host) : 0;
  if (family !== 0) process.nextTick(found, null, host, family);
  else require('dns').lookup(host, found);
}

function start(server, target) {
  server._listeningId++;
  bind(server, target, 'Server.listen (node:net:2067:7)');
}

const tick = 'process.processTicksAndRejections (node:internal/process/task_queues:83:21)';

// bind lets the server listen; places are where Node does so, for errors.
function bind(server, { address, port, family, backlog, fd, v6only, mode, exclusive, shared }, ...places) {
  const flags = (v6only ? TCP.constants.UV_TCP_IPV6ONLY : 0) | (shared ? reusePort : 0);
  const listen = () => {
    callers = places;
    server._listen2(address, port, family, backlog, fd, flags, mode);
    callers = [];
  };
  if (exports.share === null || exclusive) {
    listen();
    return;
  }
  const id = server._listeningId;
  exports.share(server, { address, port, family, backlog, fd, flags, mode }, (errno, handle) => {
    if (server._listeningId !== id) { // closed meanwhile
      handle?.close();
    } else if (errno) {
      server.emit('error', exceptionWithHostPort(errno, 'bind', address, port));
    } else {
      server._handle = handle;
      listen();
    }
  });
}

// share is how a worker of a cluster listens: (server, target, callback(errno, handle)).
exports.share = null;

let callers = [];

// placed puts the error of a listen where Node's comes from: in its library, and
// called from the script, unless that was before.
function placed(error) {
  const line = error.errno === UV_EADDRINUSE ? '1908:16' : '1886:21';
  const frames = callers.includes(tick) ? [] : String(error.stack).split('\n').slice(1);
  const own = frames.map((frame) => frame.trim().slice(3));
  while (own.length > 0 && /\bnode:(internal\/)?(net|uv)/.test(own[0])) own.shift();
  return from(error, `Server.setupListenHandle [as _listen2] (node:net:${line})`, 'listenInCluster (node:net:1965:12)',
    ...callers, ...own);
}

Server.prototype._listen2 = function setupListenHandle(address, port, addressType, backlog, fd, flags, mode = 0) {
  let errno = 0;
  if (this._handle) {
    errno = listenWith(this._handle, backlog, mode);
  } else if (!address && typeof fd !== 'number') {
    address = '::';
    addressType = 6;
    errno = listenOn(this, createServerHandle(address, port, 6, fd, flags), backlog);
    if (errno !== 0 && errno !== UV_EADDRINUSE) { // no IPv6 here
      this._handle?.close();
      address = '0.0.0.0';
      addressType = 4;
      errno = listenOn(this, createServerHandle(address, port, 4, undefined, flags), backlog);
    }
  } else {
    errno = listenOn(this, createServerHandle(address, port, addressType, fd, flags), backlog, mode);
  }
  if (errno !== 0) {
    const error = placed(described(errno, 'listen', address, port));
    this._handle?.close();
    this._handle = null;
    if (watch.tell) watch.tell('tracing:net.server.listen:error', { server: this, error });
    process.nextTick(() => this.emit('error', error));
    return;
  }
  this._handle.onconnection = onconnection;
  this._handle[owner] = this;
  this[kAsyncId] = this._handle.getAsyncId();
  this._connectionKey = `${addressType}:${address}:${port}`;
  if (this._unref) this.unref();
  if (watch.tell) watch.tell('tracing:net.server.listen:asyncEnd', { server: this });
  process.nextTick(() => {
    if (this._handle) this.emit('listening');
  });
};

// listenOn makes handle that of server, unless it is an errno.
function listenOn(server, handle, backlog, mode) {
  server._handle = typeof handle === 'number' ? null : handle;
  return typeof handle === 'number' ? handle : listenWith(handle, backlog, mode);
}

function listenWith(handle, backlog, mode) {
  if (mode) handle.mode = mode;
  const errno = handle.listen(backlog || defaultBacklog);
  if (mode) delete handle.mode;
  return errno;
}

// createServerHandle returns a handle that is bound, or an errno.
function createServerHandle(address, port, addressType, fd, flags) {
  if (typeof fd === 'number' && fd >= 0) {
    const kind = native.kind(fd);
    if (kind !== 'TCP' && kind !== 'PIPE') return UV_EINVAL;
    const handle = kind === 'TCP' ? new TCP(TCP.constants.SERVER) : new Pipe(Pipe.constants.SERVER);
    handle.open(fd);
    return handle;
  }
  if (port === -1 && addressType === -1) {
    const handle = new Pipe(Pipe.constants.SERVER);
    handle.bind(address);
    return handle;
  }
  const handle = new TCP(TCP.constants.SERVER);
  const errno = addressType === 6 || !address ?
    handle.bind6(address || '::', port, flags ?? 0) :
    handle.bind(address, port, flags ?? 0);
  return errno !== 0 ? errno : handle;
}
exports.createServerHandle = createServerHandle;

// accepted is told by Go of a client; this is the handle.
exports.accepted = function (client) {
  const Handle = this.constructor;
  const { context } = ids;
  ids.context = undefined; // as in Node, a client is made before the context is entered
  const handle = new Handle(Handle.constants.SOCKET, client);
  ids.context = context;
  this.onconnection(0, handle);
};

function onconnection(status, handle) {
  const server = this[owner];
  if (status) {
    server.emit('error', errnoException(status, 'accept'));
    return;
  }
  if (server[kBlockList] && blocks(server[kBlockList], handle)) {
    handle.close();
    return;
  }
  if (server.maxConnections && server._connections >= server.maxConnections) {
    server.emit('drop', ...dropped(handle));
    handle.close();
    return;
  }
  const socket = new Socket({
    handle,
    allowHalfOpen: server.allowHalfOpen,
    pauseOnCreate: server.pauseOnConnect,
    readable: true,
    writable: true,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay && handle.setNoDelay) {
    socket[kNoDelay] = true;
    handle.setNoDelay(true);
  }
  if (server.keepAlive && handle.setKeepAlive) {
    socket[kKeepAlive] = true;
    socket[kKeepAliveDelay] = server.keepAliveInitialDelay;
    handle.setKeepAlive(true, server.keepAliveInitialDelay);
  }
  server._connections++;
  socket.server = server;
  socket._server = server;
  server.emit('connection', socket);
  if (watch.tell) watch.tell('net.server.socket', { socket });
}

// blocks reports whether list has the address of a client. A path has none.
function blocks(list, handle) {
  const remote = {};
  if (handle.getpeername?.(remote) !== 0 || remote.family === undefined) return false;
  return list.check(remote.address, remote.family.toLowerCase());
}

// dropped returns the arguments of 'drop': nothing for a client of a path.
function dropped(handle) {
  if (!handle.getsockname && !handle.getpeername) return [];
  const local = {};
  const remote = {};
  handle.getsockname(local);
  handle.getpeername(remote);
  return [{
    __proto__: null,
    localAddress: local.address,
    localPort: local.port,
    localFamily: local.family,
    remoteAddress: remote.address,
    remotePort: remote.port,
    remoteFamily: remote.family,
  }];
}

Object.defineProperty(Server.prototype, 'listening', {
  get() { return Boolean(this._handle); },
  configurable: true,
  enumerable: true,
});

Server.prototype.address = function () {
  if (this._handle?.getsockname) {
    const name = {};
    const errno = this._handle.getsockname(name);
    if (errno) throw errnoException(errno, 'address');
    return name;
  }
  return this._pipeName || null;
};

Server.prototype.getConnections = function (callback) {
  let total = this._connections;
  let left = this._usingWorkers ? this._workers.length : 0;
  if (left === 0) {
    process.nextTick(callback, null, total);
    return this;
  }
  const counted = (error, count) => {
    if (left < 0) return;
    left = error ? -1 : left - 1;
    total += count;
    if (error) process.nextTick(callback, error, undefined);
    else if (left === 0) process.nextTick(callback, null, total);
  };
  for (const worker of this._workers) worker.getConnections(counted);
  return this;
};

Server.prototype.close = function (callback) {
  this._listeningId++;
  if (typeof callback === 'function') {
    if (this._handle) this.once('close', callback);
    else this.once('close', () => callback(new codes.ERR_SERVER_NOT_RUNNING()));
  }
  if (this._handle) {
    this._handle.close();
    this._handle = null;
  }
  if (this._usingWorkers && this._workers.length > 0) closeWorkers(this);
  else this._emitCloseIfDrained();
  return this;
};

// closeWorkers waits until no socket is open that was sent to another process. Meanwhile
// the server counts one more.
function closeWorkers(server) {
  let left = server._workers.length;
  server._connections++;
  for (const worker of server._workers) {
    worker.close(() => {
      if (--left > 0) return;
      server._connections--;
      server._emitCloseIfDrained();
    });
  }
}

// _setupWorker adds a process that sockets were sent to.
Server.prototype._setupWorker = function (worker) {
  this._usingWorkers = true;
  this._workers.push(worker);
};

Server.prototype._emitCloseIfDrained = function () {
  if (this._handle || this._connections > 0) return;
  process.nextTick(() => this.emit('close'));
};

Server.prototype.ref = function () {
  this._unref = false;
  if (this._handle) this._handle.ref();
  return this;
};

Server.prototype.unref = function () {
  this._unref = true;
  if (this._handle) this._handle.unref();
  return this;
};

// The clients, one by one, until the server closes. (After v20.)
Object.defineProperty(Server.prototype, Symbol.asyncIterator, {
  value() {
    const clients = EventEmitter.on(this, 'connection', { close: ['close'] });
    const first = (result) => (result.done ? result : { value: result.value[0], done: false });
    return {
      next: () => clients.next().then(first),
      return: () => clients.return(),
      throw: (error) => clients.throw(error),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  },
  writable: true,
  configurable: true,
});

Server.prototype[Symbol.asyncDispose] = async function () {
  if (!this._handle) return;
  await new Promise((resolve, reject) => {
    this.close((error) => (error ? reject(error) : resolve()));
  });
};

Server.prototype[EventEmitter.captureRejectionSymbol] = function (error, event, socket) {
  if (event === 'connection') socket.destroy(error);
  else this.emit('error', error);
};
