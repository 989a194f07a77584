// Copyright 2026 The duplex authors. MIT license.

// socket.connect: from its arguments to the connection.
'use strict';

const { codes, define } = require('internal/errors');
const { validateNumber, validateString, validateFunction, validateBoolean, validateInt32 } = require('internal/validators');
const { TCP, Pipe, owner, kNative } = require('internal/net_handle');
const { Socket, adopt, kNoDelay, kKeepAlive, kKeepAliveDelay, kBlockList, kTypeOfService, kKeepAliveMore } = require('internal/net_socket');
const { exceptionWithHostPort, from } = require('internal/uv');
const { isIP, isPort } = require('internal/net_address');
const watch = require('internal/net_watch');
const native = binding('net');

define('ERR_INVALID_IP_ADDRESS', TypeError, (address) => require('internal/format').format('Invalid IP address: %s', address));
define('ERR_SOCKET_BAD_PORT', RangeError, (name, port, allowZero = true) => {
  const { received } = require('internal/errors');
  return `${name} should be ${allowZero ? '>=' : '>'} 0 and < 65536.${received(port)}.`;
});
define('ERR_INVALID_ADDRESS_FAMILY', RangeError, (family, host, port) => `Invalid address family: ${family} ${host}:${port}`);

const kNormalized = Symbol('normalizedArgs');
exports.kNormalized = kNormalized;

const shortestAttempt = 10;
const addressConfig = 32; // dns.ADDRCONFIG
const UV_EINVAL = -22;
const UV_EADDRINUSE = -98;

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
  if (options.port === undefined && (path === undefined || path === null)) throw new codes.ERR_MISSING_ARGS(['options', 'port', 'path']);
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
  let wantedFamily = options.family;
  if (wantedFamily === 'IPv4') wantedFamily = 4;
  else if (wantedFamily === 'IPv6') wantedFamily = 6;
  const wanted = { family: wantedFamily, hints: options.hints || 0 };
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
  if (addresses.length === 0) throw new TypeError("Cannot destructure property 'address' of 'addresses[0]' as it is undefined.");
  const fitting = [];
  for (let i = 0; i < addresses.length; i++) {
    const { address, family } = addresses[i];
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
  const allowed = fitting.filter((found) => !blocked(socket, found));
  if (allowed.length < 2) begin(socket, { ...target, ...(allowed[0] ?? fitting[0]) });
  else beginSeveral(socket, target, allowed);
}

// begin connects to one address, or a path.
function begin(socket, target) {
  const { address, port, family } = target;
  const handle = socket._handle;
  if (blocked(socket, target)) {
    socket.destroy(new codes.ERR_IP_BLOCKED(address));
    return;
  }
  const local = from0(target);
  if (local !== undefined) {
    const errno = bindable(local, target);
    if (errno !== 0) {
      socket.destroy(bindError(errno, target));
      return;
    }
  }
  if (family) socket.emit('connectionAttempt', address, port, family);
  else socket.emit('connectionAttempt', address, undefined, undefined);
  if (!socket.connecting) return;
  let errno = UV_EINVAL;
  if (!family) errno = native.connectPath(handle[kNative], address);
  else if (isIP(address) === family) errno = native.connect(handle[kNative], [address], port, local, localPort(target), 0);
  if (errno === 0) aim(handle, target, null);
  else socket.destroy(exceptionWithHostPort(errno, 'connect', address, port, sockname(socket, errno)));
}

// blocked reports whether the socket's blockList has an address. (After v20.)
function blocked(socket, { address, family }) {
  return Boolean(family && socket[kBlockList]?.check(address, `ipv${family}`));
}

// from0 is the address to connect from, undefined for any.
function from0({ localAddress, localPort, family }) {
  if (localAddress) return localAddress;
  if (!localPort) return undefined;
  return family === 4 ? '0.0.0.0' : '::';
}

// localPort is the port to connect from, of which the system sees sixteen bits.
const localPort = (target) => target.localPort & 0xffff;

// bindable returns the errno of an address to connect from.
function bindable(local, target) {
  if (isIP(local) !== target.family) return UV_EINVAL;
  const errno = native.bindable(local, localPort(target));
  return errno === 0 && target.localPort > 0 && target.localPort !== localPort(target) ? UV_EADDRINUSE : errno;
}

// sockname is what an error tells of our own side: nothing if it was the host that
// refused to connect.
function sockname(socket, errno) {
  const { address, port } = socket._getsockname();
  return address === undefined && errno !== UV_EINVAL ? undefined : `${address}:${port}`;
}

function bindError(errno, { family, localAddress = family === 4 ? '0.0.0.0' : '::', localPort }) {
  return from(exceptionWithHostPort(errno, 'bind', localAddress, localPort),
    'internalConnect (node:net:1060:18)', 'defaultTriggerAsyncIdScope (node:internal/async_hooks:464:18)',
    'node:net:1328:9', 'process.processTicksAndRejections (node:internal/process/task_queues:77:11)');
}

// beginSeveral connects to one address after the other, each for a while.
function beginSeveral(socket, target, addresses) {
  const handle = socket._handle;
  const first = { ...target, ...addresses[0] };
  socket.autoSelectFamilyAttemptedAddresses = [];
  exports.attempt.call(handle, first.address, first.port, first.family);
  if (!socket.connecting) return;
  const errno = native.connect(handle[kNative], addresses.map((a) => a.address), target.port,
    from0(first), localPort(target), target.timeout);
  if (errno === 0) aim(handle, first, []);
  else socket.destroy(exceptionWithHostPort(errno, 'connect', first.address, first.port, sockname(socket, errno)));
}

const kTarget = Symbol('target');
const kBegan = Symbol('began'); // an observed attempt: [when, host and port]
const kErrors = Symbol('errors');

// aim keeps what a handle connects to, and a list for the errors of several attempts,
// where those who look at it do not see that.
function aim(handle, target, errors) {
  Object.defineProperty(handle, kTarget, { value: target, configurable: true });
  Object.defineProperty(handle, kErrors, { value: errors, configurable: true });
  if (watch.timed && target.family) handle[owner][kBegan] = [watch.now(), { host: target.address, port: target.port }];
}

// What the system refuses before it asks anybody. Node tells it at once, with our own
// side of the connection.
const atOnce = new Set([-1, -13, UV_EINVAL, -97, -99, -101]); // EPERM, EACCES, EAFNOSUPPORT, EADDRNOTAVAIL, ENETUNREACH

function connectError(errno, syscall, { address, port, localAddress, localPort }, ...places) {
  let local = localAddress && localPort ? `${localAddress}:${localPort}` : undefined;
  const refused = atOnce.has(errno) && port !== undefined;
  if (refused) local = `${localAddress || (isIP(address) === 4 ? '0.0.0.0' : '::')}:${localPort || 0}`;
  const error = from(exceptionWithHostPort(errno, syscall, address, port, local), ...places);
  if (local && !refused) {
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  return error;
}

// What Go tells; this is the handle.

exports.attempt = function (address, port, family) {
  const socket = this[owner];
  socket.emit('connectionAttempt', address, port, family);
  if (socket[kBegan]) socket[kBegan] = [watch.now(), { host: address, port }];
  socket.autoSelectFamilyAttemptedAddresses.push(`${address}:${port}`);
};

exports.missed = function (address, port, family, errno, syscall) {
  const socket = this[owner];
  const handle = socket._handle; // with TLS, not this one
  const error = connectError(errno, 'connect', { ...handle[kTarget], address, port },
    'createConnectionError (node:net:1652:14)', 'afterConnectMultiple (node:net:1682:16)');
  handle[kErrors].push(error);
  const late = syscall === 'timeout';
  if (late) socket.emit('connectionAttemptTimeout', address, port, family);
  else socket.emit('connectionAttemptFailed', address, port, family, error);
};

exports.connected = function (errno, syscall) {
  const socket = this[owner];
  if (socket.destroyed) return;
  const { [kTarget]: target, [kErrors]: errors } = socket._handle;
  if (errno !== 0) {
    if (errors) {
      socket.destroy(several(errors));
    } else if (syscall === 'bind') {
      socket.destroy(bindError(errno, target));
    } else {
      const kind = this instanceof TCP ? 'TCPConnectWrap' : 'PipeConnectWrap';
      const error = connectError(errno, syscall, target, `${kind}.afterConnect [as oncomplete] (node:net:1611:16)`);
      if (!target.family || !atOnce.has(errno)) {
        socket.connecting = false;
        socket.emit('connectionAttemptFailed', target.address, target.port, target.family, error);
      }
      socket.destroy(error);
    }
    return;
  }
  socket.connecting = false;
  socket._sockname = null;
  socket._unrefTimer();
  if (socket[kNoDelay]) this.setNoDelay?.(true);
  if (socket[kKeepAlive]) this.setKeepAlive?.(true, socket[kKeepAliveDelay], ...socket[kKeepAliveMore] ?? []);
  if (socket[kTypeOfService] !== undefined && this instanceof TCP) native.typeOfService(this[kNative], socket[kTypeOfService]);
  if (socket[kBegan]) {
    watch.timed?.('connect', ...socket[kBegan]);
    delete socket[kBegan];
  }
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
