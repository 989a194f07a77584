// Copyright 2026 The duplex authors. MIT license.

// socket.connect: from its arguments to the connection.
'use strict';

const { codes, define } = require('internal/errors');
const { validateNumber, validateString, validateFunction, validateBoolean, validateInt32 } = require('internal/validators');
const { TCP, Pipe, owner, kNative } = require('internal/net_handle');
const { Socket, adopt, kNoDelay, kKeepAlive, kKeepAliveDelay } = require('internal/net_socket');
const { exceptionWithHostPort, from } = require('internal/uv');
const { isIP, isPort } = require('internal/net_address');
const native = binding('net');

define('ERR_INVALID_IP_ADDRESS', TypeError, (address) => `Invalid IP address: ${address}`);
define('ERR_SOCKET_BAD_PORT', RangeError, (name, port, allowZero = true) => {
  const { received } = require('internal/errors');
  return `${name} should be ${allowZero ? '>=' : '>'} 0 and < 65536.${received(port)}.`;
});
define('ERR_INVALID_ADDRESS_FAMILY', RangeError, (family, host, port) => `Invalid address family: ${family} ${host}:${port}`);

const kNormalized = Symbol('normalizedArgs');
exports.kNormalized = kNormalized;

const shortestAttempt = 10;
const addressConfig = 32; // dns.ADDRCONFIG

exports.defaults = { autoSelectFamily: true, attemptTimeout: 250 };

// isPipeName reports whether a first argument is a path and not a port.
exports.isPipeName = (value) => typeof value === 'string' && !(Number(value) >= 0);

// normalize makes [options, callback] of what listen and connect take.
function normalize(args) {
  let options = {};
  let callback = null;
  if (args.length > 0) {
    const first = args[0];
    if (typeof first === 'object' && first !== null) {
      options = first;
    } else if (exports.isPipeName(first)) {
      options.path = first;
    } else {
      options.port = first;
      if (args.length > 1 && typeof args[1] === 'string') options.host = args[1];
    }
    const last = args[args.length - 1];
    if (typeof last === 'function') callback = last;
  }
  const normalized = [options, callback];
  normalized[kNormalized] = true;
  return normalized;
}
exports.normalize = normalize;

Socket.prototype.connect = function (...args) {
  const [options, callback] = Array.isArray(args[0]) && args[0][kNormalized] ? args[0] : normalize(args);
  const { path } = options;
  if (path === undefined && options.port === undefined) throw new codes.ERR_MISSING_ARGS(['options', 'port', 'path']);
  if (this.write !== Socket.prototype.write) this.write = Socket.prototype.write;
  if (this.destroyed) {
    this._handle = null;
    this._peername = null;
    this._sockname = null;
    this._undestroy();
  }
  if (!this._handle) adopt(this, path ? new Pipe(Pipe.constants.SOCKET) : new TCP(TCP.constants.SOCKET));
  if (callback !== null) this.once('connect', callback);
  if (this._parent && this._parent.connecting) return this;
  this._unrefTimer();
  this.connecting = true;
  if (path) {
    validateString(path, 'options.path');
    begin(this, { address: path });
  } else {
    lookup(this, options);
  }
  return this;
};

// lookup finds the addresses of a host and begins to connect to them.
function lookup(socket, options) {
  const { localAddress, localPort } = options;
  const host = options.host || 'localhost';
  let { port, autoSelectFamily, autoSelectFamilyAttemptTimeout: timeout } = options;
  if (localAddress && !isIP(localAddress)) throw new codes.ERR_INVALID_IP_ADDRESS(localAddress);
  if (localPort) validateNumber(localPort, 'options.localPort');
  if (port !== undefined) {
    if (typeof port !== 'number' && typeof port !== 'string') {
      throw new codes.ERR_INVALID_ARG_TYPE('options.port', ['number', 'string'], port);
    }
    if (!isPort(port)) throw new codes.ERR_SOCKET_BAD_PORT('Port', port);
  }
  port |= 0;
  if (autoSelectFamily != null) validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  else autoSelectFamily = exports.defaults.autoSelectFamily;
  if (timeout != null) {
    validateInt32(timeout, 'options.autoSelectFamilyAttemptTimeout', 1);
    timeout = Math.max(timeout, shortestAttempt);
  } else {
    timeout = exports.defaults.attemptTimeout;
  }
  const target = { port, localAddress, localPort, timeout };
  const family = isIP(host);
  if (family !== 0) {
    process.nextTick(() => {
      if (socket.connecting) begin(socket, { ...target, address: host, family });
    });
    return;
  }
  if (options.lookup != null) validateFunction(options.lookup, 'options.lookup');
  const families = { IPv4: 4, IPv6: 6 };
  const wanted = { family: families[options.family] ?? options.family, hints: options.hints || 0 };
  if (wanted.family !== 4 && wanted.family !== 6 && wanted.hints === 0) wanted.hints = addressConfig;
  socket._host = host;
  const find = options.lookup || require('dns').lookup;
  if (autoSelectFamily && wanted.family !== 4 && wanted.family !== 6 && !localAddress) {
    wanted.all = true;
    find(host, wanted, (error, addresses) => foundAll(socket, options, host, target, error, addresses));
  } else {
    find(host, wanted, (error, address, found) => foundOne(socket, options, host, target, error, address, found));
  }
}

function fail(socket, error) {
  process.nextTick(() => socket.destroy(error));
}

function invalid(options, address, family) {
  if (!isIP(address)) return new codes.ERR_INVALID_IP_ADDRESS(address);
  const error = new codes.ERR_INVALID_ADDRESS_FAMILY(family, options.host, options.port);
  error.host = options.host;
  error.port = options.port;
  return error;
}

const isFamily = (family) => family === 4 || family === 6;

function foundOne(socket, options, host, target, error, address, family) {
  socket.emit('lookup', error, address, family, host);
  if (!socket.connecting) return;
  if (error) {
    fail(socket, error);
  } else if (!isIP(address) || !isFamily(family)) {
    fail(socket, invalid(options, address, family));
  } else {
    socket._unrefTimer();
    begin(socket, { ...target, address, family });
  }
}

function foundAll(socket, options, host, target, error, addresses) {
  if (!socket.connecting) return;
  if (error) {
    socket.emit('lookup', error, undefined, undefined, host);
    fail(socket, error);
    return;
  }
  const fitting = [];
  for (const { address, family } of addresses) {
    socket.emit('lookup', error, address, family, host);
    if (!socket.connecting) return;
    if (isIP(address) && isFamily(family)) fitting.push({ address, family });
  }
  if (fitting.length === 0) {
    const { address, family } = addresses[0];
    fail(socket, invalid(options, address, family));
    return;
  }
  socket._unrefTimer();
  if (fitting.length === 1) begin(socket, { ...target, ...fitting[0] });
  else beginSeveral(socket, target, fitting);
}

// begin connects to one address, or a path.
function begin(socket, target) {
  const { address, port, family, localAddress, localPort } = target;
  const handle = socket._handle;
  aim(handle, target, null);
  if (family) socket.emit('connectionAttempt', address, port, family);
  else socket.emit('connectionAttempt', address, undefined, undefined);
  if (!socket.connecting) return;
  const errno = family ?
    native.connect(handle[kNative], [address], port, from0(target), localPort | 0, 0) :
    native.connectPath(handle[kNative], address);
  if (errno !== 0) socket.destroy(exceptionWithHostPort(errno, 'connect', address, port, sockname(socket)));
}

// from0 is the address to connect from, undefined for any.
function from0({ localAddress, localPort, family }) {
  if (localAddress || !localPort) return localAddress;
  return family === 4 ? '0.0.0.0' : '::';
}

function sockname(socket) {
  const { address, port } = socket._getsockname();
  return address === undefined ? undefined : `${address}:${port}`;
}

// beginSeveral connects to one address after the other, each for a while.
function beginSeveral(socket, target, addresses) {
  const handle = socket._handle;
  aim(handle, { ...target, ...addresses[0] }, []);
  socket.autoSelectFamilyAttemptedAddresses = [];
  exports.attempt.call(handle, addresses[0].address, target.port, addresses[0].family);
  if (!socket.connecting) return;
  const errno = native.connect(handle[kNative], addresses.map((a) => a.address), target.port,
    from0({ ...target, ...addresses[0] }), target.localPort | 0, target.timeout);
  if (errno !== 0) socket.destroy(exceptionWithHostPort(errno, 'connect', addresses[0].address, target.port));
}

const kTarget = Symbol('target');
const kErrors = Symbol('errors');

// aim keeps what a handle connects to, and a list for the errors of several attempts,
// where those who look at it do not see that.
function aim(handle, target, errors) {
  Object.defineProperty(handle, kTarget, { value: target, configurable: true });
  Object.defineProperty(handle, kErrors, { value: errors, configurable: true });
}

function connectError(errno, syscall, { address, port, localAddress, localPort }, ...places) {
  const local = localAddress && localPort ? `${localAddress}:${localPort}` : undefined;
  const error = from(exceptionWithHostPort(errno, syscall, address, port, local), ...places);
  if (local) {
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  return error;
}

// What Go tells; this is the handle.

exports.attempt = function (address, port, family) {
  const socket = this[owner];
  socket.autoSelectFamilyAttemptedAddresses.push(`${address}:${port}`);
  socket.emit('connectionAttempt', address, port, family);
};

exports.missed = function (address, port, family, errno, syscall) {
  const socket = this[owner];
  const error = connectError(errno, 'connect', { ...this[kTarget], address, port },
    'createConnectionError (node:net:1652:14)', 'afterConnectMultiple (node:net:1682:16)');
  this[kErrors].push(error);
  const late = syscall === 'timeout';
  if (late) socket.emit('connectionAttemptTimeout', address, port, family);
  else socket.emit('connectionAttemptFailed', address, port, family, error);
};

exports.connected = function (errno, syscall) {
  const socket = this[owner];
  if (socket.destroyed) return;
  const target = this[kTarget];
  if (errno !== 0) {
    if (this[kErrors]) {
      socket.destroy(several(this[kErrors]));
    } else if (syscall === 'bind') {
      const { localAddress = target.family === 4 ? '0.0.0.0' : '::', localPort } = target;
      socket.destroy(from(exceptionWithHostPort(errno, 'bind', localAddress, localPort),
        'internalConnect (node:net:1060:18)', 'defaultTriggerAsyncIdScope (node:internal/async_hooks:464:18)',
        'node:net:1328:9', 'process.processTicksAndRejections (node:internal/process/task_queues:77:11)'));
    } else {
      const kind = this instanceof TCP ? 'TCPConnectWrap' : 'PipeConnectWrap';
      const error = connectError(errno, syscall, target, `${kind}.afterConnect [as oncomplete] (node:net:1611:16)`);
      socket.emit('connectionAttemptFailed', target.address, target.port, target.family, error);
      socket.destroy(error);
    }
    return;
  }
  socket.connecting = false;
  socket._sockname = null;
  socket._unrefTimer();
  if (socket[kNoDelay]) this.setNoDelay?.(true);
  if (socket[kKeepAlive]) this.setKeepAlive?.(true, socket[kKeepAliveDelay]);
  socket.emit('connect');
  socket.emit('ready');
  if (socket.readable && !socket.isPaused()) socket.read(0);
};

// several is the error of attempts that all failed.
function several(errors) {
  const error = new AggregateError(errors);
  error.code = errors[0].code;
  return from(error, 'internalConnectMultiple (node:net:1122:18)', 'afterConnectMultiple (node:net:1689:7)');
}
