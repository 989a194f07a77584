// Copyright 2026 The duplex authors. MIT license.

// net.Socket: a stream.Duplex over a handle.
'use strict';

const { Duplex } = require('stream');
const { codes, define, AbortError } = require('internal/errors');
const { validateNumber, validateInt32, validateAbortSignal } = require('internal/validators');
const { BUSY, CONSTRUCTED } = require('internal/streams/state');
const { TCP, Pipe, owner, kNative } = require('internal/net_handle');
const { errnoException, from } = require('internal/uv');
const { entrance } = require('internal/bootstrap');
const { ids } = require('internal/async_ids');
const native = binding('net');

define('ERR_SOCKET_CLOSED', Error, 'Socket is closed');
define('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', Error, 'Socket closed before the connection was established');
define('ERR_INVALID_FD_TYPE', TypeError, (type) => `Unsupported fd type: ${type}`);

const UV_EOF = -4095;

const kAsyncId = Symbol('async_id_symbol');
const kHandle = Symbol('kHandle');
const kQueued = Symbol('lastWriteQueueSize');
const kTimeout = Symbol('timeout');
const kBuffer = Symbol('kBuffer');
const kBufferCallback = Symbol('kBufferCb');
const kBufferMaker = Symbol('kBufferGen');
const kNoDelay = Symbol('kSetNoDelay');
const kKeepAlive = Symbol('kSetKeepAlive');
const kKeepAliveDelay = Symbol('kSetKeepAliveInitialDelay');
const kBytesRead = Symbol('kBytesRead');
const kBytesWritten = Symbol('kBytesWritten');

// After v20; sockets of scripts that do without do not have them.
const kBlockList = Symbol('kBlockList');
const kTypeOfService = Symbol('kTypeOfService');
const kKeepAliveMore = Symbol('kKeepAliveMore'); // [seconds between probes, probes]

Object.assign(exports, {
  kTimeout, kNoDelay, kKeepAlive, kKeepAliveDelay, kBlockList, kTypeOfService, kKeepAliveMore, kBytesRead, kBytesWritten,
});

function hide(socket, key, value) {
  Object.defineProperty(socket, key, { value, writable: true, configurable: true });
}
exports.hide = hide;

const nothing = () => {};

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode']) {
    if (options?.[name]) throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, options[name], 'is not supported');
  }
  let delay = options?.keepAliveInitialDelay;
  if (delay !== undefined) {
    validateNumber(delay, 'options.keepAliveInitialDelay');
    if (delay < 0) delay = 0;
  }

  this.connecting = false;
  this._hadError = false;
  this._parent = null;
  this._host = null;
  this._closeAfterHandlingError = false;
  this[kAsyncId] = -1;
  this[kHandle] = null;
  this[kQueued] = 0;
  this[kTimeout] = null;
  this[kBuffer] = null;
  this[kBufferCallback] = null;
  this[kBufferMaker] = null;

  options = typeof options === 'number' ? { fd: options } : { ...options };
  if (options.blockList != null) {
    require('internal/blocklist').validateBlockList(options.blockList, 'options.blockList');
    hide(this, kBlockList, options.blockList);
  }
  if (options.typeOfService !== undefined) {
    validateInt32(options.typeOfService, 'options.typeOfService', 0, 255);
    hide(this, kTypeOfService, options.typeOfService);
  }
  const { signal } = options;
  options.signal = undefined;
  options.allowHalfOpen = Boolean(options.allowHalfOpen);
  options.emitClose = false; // it comes when the handle is closed
  options.autoDestroy = true;
  options.decodeStrings = false;
  Duplex.call(this, options);
  if (options.handle) {
    this._handle = options.handle;
  } else if (options.fd !== undefined) {
    adoptDescriptor(this, options.fd);
  }
  const { onread } = options;
  if (onread !== null && typeof onread === 'object' && typeof onread.callback === 'function' &&
      (onread.buffer instanceof Uint8Array || typeof onread.buffer === 'function')) {
    if (typeof onread.buffer === 'function') {
      this[kBuffer] = true;
      this[kBufferMaker] = onread.buffer;
    } else {
      this[kBuffer] = onread.buffer;
    }
    this[kBufferCallback] = onread.callback;
  }
  this.on('end', onReadableStreamEnd);
  own(this);
  this._sockname = null;
  this._pendingData = null;
  this._pendingEncoding = '';
  this.server = null;
  this._server = null;
  this[kNoDelay] = Boolean(options.noDelay);
  this[kKeepAlive] = Boolean(options.keepAlive);
  this[kKeepAliveDelay] = ~~(delay / 1000);
  this[kBytesRead] = 0;
  this[kBytesWritten] = 0;

  if (this._handle && options.readable !== false) {
    if (options.pauseOnCreate) {
      this._handle.reading = false;
      this._handle.readStop();
      this.readableFlowing = false;
    } else if (!options.manualStart) {
      this.read(0);
    }
  }
  if (signal) abortWith(this, signal);
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);
for (const name of [ // Node's order, which for...in has
  '_unrefTimer', '_final', 'setTimeout', '_onTimeout', 'setNoDelay', 'setKeepAlive', 'address', '_connecting', 'pending', 'readyState',
  'bufferSize', '_read', 'end', 'resetAndDestroy', 'pause', 'resume', 'read', 'destroySoon', '_destroy', '_reset', '_getpeername',
  'bytesRead', 'remoteAddress', 'remoteFamily', 'remotePort', '_getsockname', 'localAddress', 'localPort', 'localFamily',
  '_writeGeneric', '_writev', '_write', '_bytesDispatched', 'bytesWritten', 'connect', 'ref', 'unref', '_handle',
]) Socket.prototype[name] = undefined;
exports.Socket = Socket;

function adoptDescriptor(socket, fd) {
  validateInt32(fd, 'fd', 0);
  const kind = native.kind(fd);
  if (kind !== 'TCP' && kind !== 'PIPE') throw new codes.ERR_INVALID_FD_TYPE(kind);
  socket._handle = kind === 'TCP' ? new TCP(TCP.constants.SOCKET) : new Pipe(Pipe.constants.SOCKET);
  const errno = socket._handle.open(fd);
  if (errno !== 0) throw errnoException(errno, 'open');
}

function abortWith(socket, signal) {
  validateAbortSignal(signal, 'signal');
  const abort = () => socket.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
  } else {
    signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', abort));
  }
}

// own makes socket the one whom its handle tells.
function own(socket) {
  const handle = socket._handle;
  if (!handle) return;
  handle[owner] = socket;
  socket[kAsyncId] = handle.getAsyncId?.() ?? -1;
  handle.reading = false;
  if (socket[kBuffer]) {
    if (socket[kBufferMaker]) socket[kBuffer] = socket[kBufferMaker]();
    handle.useUserBuffer(socket[kBuffer]);
  }
}

Object.defineProperty(Socket.prototype, '_handle', {
  get() { return this[kHandle]; },
  set(handle) { this[kHandle] = handle; },
  enumerable: false,
  configurable: false,
});

// adopt gives a socket that has none a handle.
exports.adopt = function (socket, handle) {
  socket._handle = handle;
  own(socket);
};

// Timeouts.

Socket.prototype._unrefTimer = function _unrefTimer() {
  for (let s = this; s !== null && s !== undefined; s = s._parent) {
    if (s[kTimeout]) s[kTimeout].refresh();
  }
};

Socket.prototype._onTimeout = function () {
  if (this[kQueued] > 0 && this._handle) {
    const { writeQueueSize } = this._handle;
    if (writeQueueSize !== this[kQueued]) { // a write makes progress
      this[kQueued] = writeQueueSize;
      this._unrefTimer();
      return;
    }
  }
  this.emit('timeout');
};

// Reading.

Socket.prototype._read = function (n) {
  if (this.connecting || !this._handle) {
    this.once('connect', () => this._read(n));
  } else if (!this._handle.reading) {
    startReading(this);
  }
};

function startReading(socket) {
  socket._handle.reading = true;
  socket._readableState.fed = true;
  const errno = socket._handle.readStart();
  if (errno) socket.destroy(errnoException(errno, 'read'));
}

function stopReading(socket) {
  socket._handle.reading = false;
  socket._readableState.fed = false;
  if (socket.destroyed) return;
  const errno = socket._handle.readStop();
  if (errno) socket.destroy(errnoException(errno, 'read'));
}

// A socket with a buffer of the script's does not go through the stream.
function startBuffer(socket) {
  if (socket[kBuffer] && !socket.connecting && socket._handle && !socket._handle.reading) startReading(socket);
}

Socket.prototype.pause = function () {
  if (this[kBuffer] && !this.connecting && this._handle?.reading) stopReading(this);
  return Duplex.prototype.pause.call(this);
};

Socket.prototype.resume = function () {
  startBuffer(this);
  return Duplex.prototype.resume.call(this);
};

Socket.prototype.read = function (n) {
  startBuffer(this);
  return Duplex.prototype.read.call(this, n);
};

// What Go tells; this is the handle.

function data(buffer) {
  const socket = this[owner];
  if (socket[kTimeout] !== null) socket._unrefTimer();
  if (!socket.push(buffer) && socket[kHandle]) stopReading(socket);
}

function filled(n) {
  const socket = this[owner];
  if (socket.destroyed) return;
  if (socket[kTimeout] !== null) socket._unrefTimer();
  if (socket[kBufferCallback](n, socket[kBuffer]) === false && socket._handle) stopReading(socket);
  if (socket[kBufferMaker] && socket._handle) {
    socket[kBuffer] = socket[kBufferMaker]();
    socket._handle.useUserBuffer(socket[kBuffer]);
  }
}

function ended() {
  const socket = this[owner];
  if (socket.destroyed || socket._readableState.endEmitted) return;
  socket.push(null);
  socket.read(0);
}

function failed(errno, syscall) {
  const socket = this[owner];
  // What became of a write is told to its callback; at most our FIN was late here.
  if (socket.destroyed || (syscall === 'write' && socket._readableState.ended)) return;
  const kind = this.constructor.name; // TCP, Pipe or TLSWrap
  socket.destroy(from(errnoException(errno, 'read'), `${kind}.onStreamRead (node:internal/stream_base_commons:218:20)`));
}

Object.assign(exports, { data: entrance(data), filled, ended, failed, UV_EOF });

function onReadableStreamEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterFIN;
}

function writeAfterFIN(chunk, encoding, callback) {
  if (!this.writableEnded) return write.call(this, chunk, encoding, callback);
  if (typeof encoding === 'function') callback = encoding;
  const error = new Error('This socket has been ended by the other party');
  error.code = 'EPIPE';
  if (typeof callback === 'function') process.nextTick(callback, error);
  this.destroy(error);
  return false;
}

// Writing.

const IDLE_MASK = BUSY | CONSTRUCTED;

let tried = 0; // what became of the write that the stream is about to hear of

// write hands what nobody waits for to the kernel, and only what that does not take
// to the stream.
function write(chunk, encoding, callback) {
  const s = this._writableState;
  const handle = this[kHandle];
  if (encoding === undefined && callback === undefined && handle && (s.flags & IDLE_MASK) === CONSTRUCTED && s.length === 0 &&
      s.corked === 0 && !this.connecting && this._write === writeOne && (typeof chunk === 'string' || chunk instanceof Buffer)) {
    if (this[kTimeout] !== null) this._unrefTimer();
    const status = native.write(handle[kNative], chunk, s.utf, ids.within(s.onwrite));
    if (status === 0) return true;
    tried = status;
  }
  return Duplex.prototype.write.call(this, chunk, encoding, callback);
}
Socket.prototype.write = write;

function writeOne(chunk, encoding, callback) {
  const handle = this[kHandle];
  if (this.connecting || !handle || this._pendingData !== null) {
    this._writeGeneric(false, chunk, encoding, callback);
    return;
  }
  if (this[kTimeout] !== null) this._unrefTimer();
  if (encoding === 'buffer') checkBytes(chunk);
  const status = tried || native.write(handle[kNative], chunk, encoding, ids.within(callback));
  tried = 0;
  if (status === 0) callback();
  else dispatched(this, handle, status, callback);
}
Object.defineProperty(writeOne, 'name', { value: '' });

// checkBytes refuses text that was said to be bytes. Streams let it pass.
function checkBytes(chunk) {
  if (typeof chunk !== 'string') return;
  const error = new TypeError('Second argument must be a buffer');
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}
Socket.prototype._write = writeOne;

Socket.prototype._writev = function (chunks, callback) {
  this._writeGeneric(true, chunks, '', callback);
};

Socket.prototype._writeGeneric = function (several, what, encoding, callback) {
  if (this.connecting) {
    this._pendingData = what;
    this._pendingEncoding = encoding;
    const onClose = () => callback(new codes.ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
    this.once('connect', function connect() {
      this.off('close', onClose);
      this._writeGeneric(several, what, encoding, callback);
    });
    this.once('close', onClose);
    return;
  }
  this._pendingData = null;
  this._pendingEncoding = '';
  const handle = this._handle;
  if (!handle) {
    callback(new codes.ERR_SOCKET_CLOSED());
    return;
  }
  if (this[kTimeout] !== null) this._unrefTimer();
  if (!several && encoding === 'buffer') checkBytes(what);
  const status = several ?
    native.writev(handle[kNative], what.map((c) => c.chunk), what.map((c) => c.encoding), ids.within(callback)) :
    native.write(handle[kNative], what, encoding, ids.within(callback));
  if (status === 0) callback();
  else dispatched(this, handle, status, callback);
};

// dispatched deals with a write that the kernel did not take at once.
function dispatched(socket, handle, status, callback) {
  if (status === 1) socket[kQueued] = handle.writeQueueSize;
  else callback(errnoException(status, 'write'));
}

// written is told by Go of a write that took its time; this is the handle.
exports.written = function (callback, status, text) {
  if (typeof callback !== 'function') { // a request of the script's own
    callback.oncomplete?.(status, this, undefined);
    return;
  }
  const socket = this[owner];
  if (socket.destroyed) {
    callback(null);
  } else if (status < 0) {
    callback(from(errnoException(status, 'write', text),
      'WriteWrap.onWriteComplete [as oncomplete] (node:internal/stream_base_commons:95:16)'));
  } else {
    socket[kQueued] = 0;
    socket._unrefTimer();
    callback();
  }
};

// The end.

Socket.prototype.end = function (data, encoding, callback) {
  Duplex.prototype.end.call(this, data, encoding, callback);
  return this;
};

Socket.prototype._final = function (callback) {
  if (this.pending) {
    this.once('connect', function connect() { this._final(callback); });
    return;
  }
  const request = { handle: this._handle, callback, oncomplete: () => callback() };
  const status = this._handle.shutdown(request);
  if (status === 1 || status === -107) callback();
  else if (status !== 0) callback(errnoException(status, 'shutdown'));
};

Socket.prototype.destroySoon = function () {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', this.destroy);
};

Socket.prototype.resetAndDestroy = function () {
  if (!this._handle) {
    this.destroy(new codes.ERR_SOCKET_CLOSED());
    return this;
  }
  if (!(this._handle instanceof TCP)) throw new codes.ERR_INVALID_HANDLE_TYPE();
  if (this.connecting) this.once('connect', () => this._reset());
  else this._reset();
  return this;
};

Socket.prototype._reset = function () {
  this.resetAndClosing = true;
  return this.destroy();
};

Socket.prototype._destroy = function (error, callback) {
  this.connecting = false;
  for (let s = this; s !== null && s !== undefined; s = s._parent) {
    if (s[kTimeout]) {
      require('timers').clearTimeout(s[kTimeout]);
      s[kTimeout] = null;
    }
  }
  const handle = this._handle;
  if (handle) {
    const hadError = Boolean(error);
    const closed = () => this.emit('close', hadError);
    this[kBytesRead] = handle.bytesRead;
    this[kBytesWritten] = handle.bytesWritten;
    if (this.resetAndClosing) {
      this.resetAndClosing = false;
      const errno = handle.reset(closed);
      if (errno) this.emit('error', errnoException(errno, 'reset'));
    } else if (this._closeAfterHandlingError) {
      queueMicrotask(() => handle.close(closed));
    } else {
      handle.close(closed);
    }
    handle.onread = nothing;
    this._handle = null;
    this._sockname = null;
    callback(error);
  } else {
    callback(error);
    process.nextTick(() => this.emit('close'));
  }
  if (this._server) {
    this._server._connections--;
    if (this._server._emitCloseIfDrained) this._server._emitCloseIfDrained();
  }
};

require('internal/net_socket_properties');
