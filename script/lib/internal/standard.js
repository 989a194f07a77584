// Copyright 2026 The duplex authors. MIT license.

// process.stdout, stderr and stdin. A script that only prints never needs streams:
// until it asks for more than write, stdout is but an object with that.

'use strict';

const native = binding('process');

function failure(code) {
  const error = new Error(`write ${code}`);
  error.errno = -require('os').constants.errno[code];
  error.code = code;
  error.syscall = 'write';
  return error;
}

const highWaterMark = 16384;

const kFast = Symbol('fast');

// write is that of stdout, stderr and their prototypes: packages compare the two, to see
// whether somebody has replaced it.
function write(chunk, encoding, callback) {
  const fast = this?.[kFast];
  if (fast !== undefined) return fast(chunk, encoding, callback);
  return require('stream').Writable.prototype.write.call(this, chunk, encoding, callback);
}
exports.write = write;

// output makes stdout or stderr.
exports.output = function (fd) {
  const kind = native.kind(fd);
  let grown = false;
  let full = false; // write has returned false, drain is to come
  let failed; // the code of a write that the stream is about to hear of
  const stream = {};

  // What it becomes once somebody looks: a Writable with all that comes with it.
  function grow() {
    if (grown) return;
    grown = true;
    if (stream.write === write) delete stream.write;
    delete stream[kFast];
    for (const name of ['listenerCount', 'once', 'removeListener']) delete stream[name];
    const { Writable } = require('stream');
    Object.setPrototypeOf(stream, kind === 'tty' ? require('tty').WriteStream.prototype : prototype(Writable, kind));
    Writable.call(stream, { decodeStrings: false, emitClose: false });
    stream._type = kind === 'tty' ? 'tty' : kind === 'file' ? 'fs' : 'pipe';
    stream._write = function (chunk, encoding, callback) {
      callback(put(chunk, encoding));
    };
    stream._destroy = function (error, callback) { // it stays open, and each failure is told
      callback(error);
      stream._undestroy();
      process.nextTick(() => stream.emit('close'));
    };
    if (full) process.nextTick(() => stream.emit('drain'));
  }

  function put(chunk, encoding) {
    if (typeof chunk === 'string' && encoding && encoding !== 'utf8' && encoding !== 'utf-8' && encoding !== 'buffer') {
      chunk = Buffer.from(chunk, encoding);
    }
    const code = failed || native.write(fd, chunk);
    failed = undefined;
    return code === undefined ? null : failure(code);
  }

  function fast(chunk, encoding, callback) {
    const quiet = typeof encoding === 'function' && encoding.name === 'tolerate'; // console's
    if (typeof chunk !== 'string' || callback !== undefined || (encoding !== undefined && !quiet)) {
      grow();
      return stream.write(chunk, encoding, callback);
    }
    const code = native.write(fd, chunk);
    if (code !== undefined) {
      grow();
      failed = code;
      return stream.write(chunk, encoding, callback);
    }
    if (chunk.length < highWaterMark) return true;
    full = true;
    process.nextTick(() => { full = false; });
    return false;
  }

  function grower(name) {
    return (target, ...args) => {
      grow();
      return Reflect[name](Object.getPrototypeOf(stream), ...args);
    };
  }

  Object.setPrototypeOf(stream, new Proxy({}, {
    get(target, name, receiver) {
      grow();
      return Reflect.get(Object.getPrototypeOf(stream), name, receiver);
    },
    set(target, name, value, receiver) {
      grow();
      return Reflect.set(Object.getPrototypeOf(stream), name, value, receiver);
    },
    has: grower('has'),
    getPrototypeOf: grower('getPrototypeOf'),
  }));

  function own(name, value, enumerable = true) {
    Object.defineProperty(stream, name, { value, writable: true, enumerable, configurable: true });
  }
  own('write', write);
  own(kFast, fast, false);
  // What console does around each line. Until it has grown nobody can listen, and the
  // error of a line is not to be told.
  own('listenerCount', () => 0, false);
  own('once', function (name, listener) {
    if (name === 'error' && listener.name === 'nothing') return stream;
    grow();
    return stream.once(name, listener);
  }, false);
  own('removeListener', () => stream, false);
  own('fd', fd);
  own('_isStdio', true);
  own('destroySoon', () => stream.destroy());
  if (kind === 'tty') {
    own('isTTY', true);
    const [columns, rows] = native.terminal(fd) || [80, 24];
    own('columns', columns);
    own('rows', rows);
    process.on('SIGWINCH', () => stream._refreshSize());
  } else {
    own('isTTY', undefined, false);
  }
  own('_handle', { fd, setBlocking: () => 0, getAsyncId: () => fd, ref() {}, unref() {}, hasRef: () => false }, false);
  return stream;
};

// prototype makes that of a stream that is no terminal.
function prototype(Writable, kind) {
  class Socket extends Writable {
    ref() {
      return this;
    }
    unref() {
      return this;
    }
  }
  Object.defineProperty(Socket.prototype, 'write', { value: write, writable: true, configurable: true });
  if (kind !== 'file') return Socket.prototype;
  class SyncWriteStream extends Socket {}
  return SyncWriteStream.prototype;
}

// inputs are the names that Node's stdin goes by.
const inputs = (Readable) => ({
  ReadStream: class ReadStream extends Readable {},
  Socket: class Socket extends Readable {},
});

// input makes stdin: it reads in the background while somebody wants data, and
// keeps the script alive while it does.
exports.input = function () {
  const kind = native.kind(0);
  const { Readable } = require('stream');
  let reading = false;
  // As in Node, where a file stays open at its end.
  const file = kind === 'file' || kind === 'none';
  const options = { highWaterMark: file || kind === 'tty' ? 65536 : 16384, emitClose: false, autoDestroy: !file };
  const stream = kind === 'tty' ? Object.create(require('tty').ReadStream.prototype) : new (inputs(Readable)[file ? 'ReadStream' : 'Socket'])(options);
  if (kind === 'tty') Readable.call(stream, options);

  function arrived(data) {
    reading = false;
    if (stream.destroyed) return;
    if (data === null) stream.push(null);
    else stream.push(Buffer.from(data));
  }
  stream._read = function () {
    native.hold(referenced && !paused); // a listener of 'data' may have paused it, and reading goes on
    if (reading) return;
    reading = true;
    native.read(arrived);
  };
  stream._destroy = function (error, callback) {
    native.hold(false);
    callback(error);
    process.nextTick(() => stream.emit('close', ...(file ? [] : [Boolean(error)])));
  };
  let referenced = true;
  let paused = false;
  stream.ref = function () {
    referenced = true;
    native.hold(true);
    return stream;
  };
  stream.unref = function () {
    referenced = false;
    native.hold(false);
    return stream;
  };
  stream.on('pause', () => {
    paused = true;
    native.hold(false);
  });
  stream.on('resume', () => {
    paused = false;
    native.hold(referenced);
  });
  stream.fd = 0;
  stream.isTTY = kind === 'tty' ? true : undefined;
  if (kind === 'tty') stream.isRaw = false;
  return stream;
};
