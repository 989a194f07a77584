// Copyright 2026 The duplex authors. MIT license.

// What can be set of a net.Socket's connection, and asked of it.
'use strict';

const { codes } = require('internal/errors');
const { validateNumber, validateFunction, validateInt32 } = require('internal/validators');
const { TCP, kNative } = require('internal/net_handle');
const {
  Socket, hide, kTimeout, kNoDelay, kKeepAlive, kKeepAliveDelay, kTypeOfService, kKeepAliveMore, kBytesRead, kBytesWritten,
} = require('internal/net_socket');
const native = binding('net');

const longestTimeout = 2 ** 31 - 1;

Socket.prototype.setTimeout = function setStreamTimeout(msecs, callback) {
  if (this.destroyed) return this;
  this.timeout = msecs;
  validateNumber(msecs, 'msecs');
  if (msecs < 0 || !Number.isFinite(msecs)) throw new codes.ERR_OUT_OF_RANGE('msecs', 'a non-negative finite number', msecs);
  if (msecs > longestTimeout) {
    process.emitWarning(`${msecs} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${longestTimeout}.`,
      'TimeoutOverflowWarning');
    msecs = longestTimeout;
  }
  const timers = require('timers');
  timers.clearTimeout(this[kTimeout]);
  this[kTimeout] = null;
  if (msecs === 0) {
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.removeListener('timeout', callback);
    }
    return this;
  }
  this[kTimeout] = timers.setTimeout(() => this._onTimeout(), msecs).unref();
  if (callback !== undefined) {
    validateFunction(callback, 'callback');
    this.once('timeout', callback);
  }
  return this;
};

Socket.prototype.setNoDelay = function (enable) {
  enable = Boolean(enable === undefined ? true : enable);
  if (!this._handle) {
    this[kNoDelay] = enable;
  } else if (this._handle.setNoDelay && enable !== this[kNoDelay]) {
    this[kNoDelay] = enable;
    this._handle.setNoDelay(enable);
  }
  return this;
};

Socket.prototype.setKeepAlive = function (enable, initialDelayMsecs) {
  let { 2: interval, 3: count } = arguments;
  if (enable !== null && typeof enable === 'object') {
    ({ enable, initialDelay: initialDelayMsecs, interval, count } = enable);
  }
  enable = Boolean(enable);
  const delay = ~~(initialDelayMsecs / 1000);
  const more = probes(this, interval, count);
  if (!this._handle) {
    this[kKeepAlive] = enable;
    this[kKeepAliveDelay] = delay;
  } else if (this._handle.setKeepAlive && (more || enable !== this[kKeepAlive] || (enable && delay !== this[kKeepAliveDelay]))) {
    this[kKeepAlive] = enable;
    this[kKeepAliveDelay] = delay;
    this._handle.setKeepAlive(enable, delay, ...this[kKeepAliveMore] ?? []);
  }
  return this;
};

// probes keeps the seconds between probes, and how many may go unanswered, and reports
// whether they were given.
function probes(socket, interval, count) {
  if (interval === undefined && count === undefined) return false;
  if (interval !== undefined) validateNumber(interval, 'interval');
  if (count !== undefined) validateInt32(count, 'count');
  hide(socket, kKeepAliveMore, [interval === undefined ? undefined : ~~(interval / 1000), count]);
  return true;
}

Socket.prototype.setTypeOfService = function (tos) {
  validateInt32(tos, 'tos', 0, 255);
  hide(this, kTypeOfService, tos);
  if (this._handle instanceof TCP && !this.connecting) native.typeOfService(this._handle[kNative], tos);
  return this;
};

Socket.prototype.getTypeOfService = function () {
  return this[kTypeOfService] ?? 0;
};
for (const name of ['setTypeOfService', 'getTypeOfService']) { // not among what for...in has in v20
  Object.defineProperty(Socket.prototype, name, { enumerable: false });
}

Socket.prototype.ref = function () {
  if (!this._handle) {
    this.once('connect', this.ref);
  } else if (typeof this._handle.ref === 'function') {
    this._handle.ref();
  }
  return this;
};

Socket.prototype.unref = function () {
  if (!this._handle) {
    this.once('connect', this.unref);
  } else if (typeof this._handle.unref === 'function') {
    this._handle.unref();
  }
  return this;
};

// State and addresses.

function getter(name, get, { enumerable = false, configurable = false } = {}) {
  Object.defineProperty(get, 'name', { value: enumerable ? name : 'get' });
  // What stood here could be written to, and goja would let it be so still.
  Object.defineProperty(Socket.prototype, name, { writable: false });
  Object.defineProperty(Socket.prototype, name, { get, enumerable, configurable });
}

getter('_connecting', function () { return this.connecting; });

getter('pending', function () { return !this._handle || this.connecting; }, { configurable: true });

getter('readyState', function () {
  if (this.connecting) return 'opening';
  if (this.readable) return this.writable ? 'open' : 'readOnly';
  return this.writable ? 'writeOnly' : 'closed';
});

getter('bufferSize', function () {
  return this._handle ? this.writableLength : undefined;
});

Socket.prototype.address = function () {
  return this._getsockname();
};

Socket.prototype._getpeername = function () {
  if (!this._handle || !this._handle.getpeername || this.connecting) return this._peername || {};
  if (!this._peername) {
    const name = {};
    if (this._handle.getpeername(name) !== 0) return name;
    this._peername = name;
  }
  return this._peername;
};

Socket.prototype._getsockname = function () {
  if (!this._handle || !this._handle.getsockname) return {};
  if (!this._sockname) {
    const name = {};
    if (this._handle.getsockname(name) !== 0) return name;
    this._sockname = name;
  }
  return this._sockname;
};

getter('remoteAddress', function () { return this._getpeername().address; }, { enumerable: true });
getter('remoteFamily', function () { return this._getpeername().family; }, { enumerable: true });
getter('remotePort', function () { return this._getpeername().port; }, { enumerable: true });
getter('localAddress', function () { return this._getsockname().address; }, { enumerable: true });
getter('localPort', function () { return this._getsockname().port; }, { enumerable: true });
getter('localFamily', function () { return this._getsockname().family; }, { enumerable: true });

getter('bytesRead', function () {
  return this._handle ? this._handle.bytesRead : this[kBytesRead];
}, { enumerable: true });

getter('_bytesDispatched', function () {
  return this._handle ? this._handle.bytesWritten : this[kBytesWritten];
}, { enumerable: true });

function sizeOf(chunk, encoding) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
}

getter('bytesWritten', function () {
  let bytes = this._bytesDispatched;
  const waiting = this.writableBuffer;
  if (!waiting) return undefined;
  for (const { chunk, encoding } of waiting) bytes += sizeOf(chunk, encoding);
  const pending = this._pendingData;
  if (Array.isArray(pending)) {
    for (const part of pending) bytes += sizeOf(part.chunk, part.encoding);
  } else if (pending) {
    bytes += sizeOf(pending, this._pendingEncoding);
  }
  return bytes;
}, { enumerable: true });
