// Copyright 2026 The duplex authors. MIT license.

// What scripts find as socket._handle and server._handle: TCP and Pipe, which
// have what Node's have for them, over one of Go's handles (script/net.go).
'use strict';

const { ids, kContext } = require('internal/async_ids');
const native = binding('net');

const UV_EADDRINUSE = -98;
const UV_EINVAL = -22;

const owner = Symbol('owner_symbol');
const kNative = Symbol('native');
const kServer = Symbol('server');

exports.owner = owner;
exports.kNative = kNative;

class HandleWrap {
  close(callback) {
    native.close(this[kNative], false, callback);
  }

  hasRef() {
    return native.hasRef(this[kNative]);
  }

  ref() {
    native.ref(this[kNative], true);
  }

  unref() {
    native.ref(this[kNative], false);
  }

  getAsyncId() {
    return native.number(this[kNative]);
  }
}

// write is the body of the facade's writing methods; req.async says afterwards
// whether req.oncomplete will be called.
function write(handle, req, chunk, encoding) {
  const status = native.write(handle[kNative], chunk, encoding, req);
  req.async = status === 1;
  return status > 0 ? 0 : status;
}

class LibuvStreamWrap extends HandleWrap {
  get writeQueueSize() {
    return native.queued(this[kNative]);
  }

  get fd() {
    return native.fd(this[kNative]);
  }

  get bytesRead() {
    return native.received(this[kNative]);
  }

  get bytesWritten() {
    return native.sent(this[kNative]);
  }

  readStart() {
    native.read(this[kNative], true);
    return 0;
  }

  readStop() {
    native.read(this[kNative], false);
    return 0;
  }

  useUserBuffer(buffer) {
    native.use(this[kNative], buffer);
  }

  setBlocking() {
    return 0;
  }

  shutdown(req) {
    if (ids.tracked) req.oncomplete = ids.within(req.oncomplete);
    native.shutdown(this[kNative], req);
    return 0;
  }

  // All of chunks are bytes, or else each second one is the encoding of the one
  // before.
  writev(req, chunks, allBytes) {
    const parts = allBytes ? chunks : chunks.filter((_, i) => i % 2 === 0);
    const encodings = allBytes ? chunks.map(() => 'buffer') : chunks.filter((_, i) => i % 2 === 1);
    const status = native.writev(this[kNative], parts, encodings, req);
    req.async = status === 1;
    return status > 0 ? 0 : status;
  }

  writeBuffer(req, buffer) {
    return write(this, req, buffer);
  }

  writeAsciiString(req, text) {
    return write(this, req, text, 'latin1');
  }

  writeUtf8String(req, text) {
    return write(this, req, text, 'utf8');
  }

  writeUcs2String(req, text) {
    return write(this, req, text, 'utf16le');
  }

  writeLatin1String(req, text) {
    return write(this, req, text, 'latin1');
  }
}

LibuvStreamWrap.prototype.isStreamBase = true;
exports.LibuvStreamWrap = LibuvStreamWrap;

// begin gives a new facade its native, which may exist already.
function begin(handle, type, adopted) {
  handle.reading = false;
  const value = adopted === undefined ? native.create(handle) : native.adopt(adopted, handle);
  Object.defineProperty(handle, kNative, { value });
  if (ids.tracked) Object.defineProperty(handle, kContext, { value: ids.context });
  if (type === 1) Object.defineProperty(handle, kServer, { value: true });
}

// carry gives handle the native of another, which it stands for from now on.
exports.carry = function (handle, other) {
  Object.defineProperty(handle, kNative, { value: other[kNative] });
  if (ids.tracked) Object.defineProperty(handle, kContext, { value: ids.context });
};

// named puts an address that Go knows into object.
function named(object, address) {
  if (typeof address === 'number') return address;
  Object.assign(object, address);
  return 0;
}

exports.isServer = (handle) => handle[kServer] === true;

const kListen = Symbol('listen');

// keep remembers how the handle is to listen.
function keep(handle, listen) {
  Object.defineProperty(handle, kListen, { value: listen, configurable: true });
  return 0;
}

// bindable returns the errno of an address that is no address here.
function bindable(family, address, port) {
  if (native.isIP(address) !== family) return UV_EINVAL;
  const errno = native.bindable(address, port & 0xffff);
  return errno === UV_EADDRINUSE ? 0 : errno;
}

// openDescriptor adopts a connection, or what listens.
function openDescriptor(handle, fd) {
  keep(handle, () => native.listenOn(handle[kNative], fd));
  return handle[kServer] ? 0 : native.open(handle[kNative], fd);
}

// shares reports whether other listeners may have the address, too. (After v20.)
const shares = (flags) => (flags & exports.reusePort) !== 0;
exports.reusePort = 2;

class TCP extends LibuvStreamWrap {
  constructor(type, adopted) {
    super();
    begin(this, type, adopted);
    this.onconnection = null;
  }

  open(fd) {
    return openDescriptor(this, fd);
  }

  // bind and bind6 keep the address until listen, which tells if it is in use.
  bind(address, port, flags) {
    const errno = bindable(4, address, port);
    return errno || keep(this, (backlog) => native.listen(this[kNative], address, port, backlog, false, shares(flags)));
  }

  bind6(address, port, flags) {
    const v6only = (flags & TCP.constants.UV_TCP_IPV6ONLY) !== 0;
    const errno = bindable(6, address, port);
    return errno || keep(this, (backlog) => native.listen(this[kNative], address, port, backlog, v6only, shares(flags)));
  }

  listen(backlog) {
    return this[kListen] ? this[kListen](backlog) : 0;
  }

  getsockname(object) {
    return named(object, native.local(this[kNative]));
  }

  getpeername(object) {
    return named(object, native.remote(this[kNative]));
  }

  setNoDelay(on) {
    native.noDelay(this[kNative], on);
    return 0;
  }

  setKeepAlive(on, seconds, interval, count) {
    native.keepAlive(this[kNative], on, seconds, interval, count);
    return 0;
  }

  reset(callback) {
    native.close(this[kNative], true, callback);
    return 0;
  }
}

TCP.constants = { SOCKET: 0, SERVER: 1, UV_TCP_IPV6ONLY: 1 };
exports.TCP = TCP;

class Pipe extends LibuvStreamWrap {
  constructor(type, adopted) {
    super();
    begin(this, type, adopted);
  }

  open(fd) {
    return openDescriptor(this, fd);
  }

  bind(path) {
    return keep(this, (backlog) => native.listenPath(this[kNative], path, backlog, this.mode ?? 0));
  }

  listen(backlog) {
    return this[kListen] ? this[kListen](backlog) : 0;
  }
}

Pipe.constants = { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 };
exports.Pipe = Pipe;

// nativeOf returns what Go has for value, if that is one of ours.
exports.nativeOf = (value) => (value !== null && typeof value === 'object' ? value[kNative] : undefined);

// isHandle reports whether value is one of ours.
exports.isHandle = (value) => exports.nativeOf(value) !== undefined;
