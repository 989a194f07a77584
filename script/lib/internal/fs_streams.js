// Copyright 2026 The duplex authors. MIT license.

// Files as streams.

'use strict';

const { Readable, Writable, finished } = require('stream');
const fs = require('fs');
const { codes } = require('internal/errors');
const { validateInteger, validateFunction } = require('internal/validators');
const { path: pathOf, descriptor } = require('internal/fs_arguments');

function settings(options, defaults) {
  if (options === undefined || options === null) return defaults;
  if (typeof options === 'string') options = { encoding: options };
  if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  if (options.encoding && !Buffer.isEncoding(options.encoding)) {
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', options.encoding, 'is invalid encoding');
  }
  return { ...defaults, ...options };
}

// adopt takes the descriptor that a stream is given instead of a path.
function adopt(stream, options) {
  const { fd } = options;
  if (fd === undefined || fd === null) {
    stream.fd = null;
  } else if (typeof fd === 'object') {
    stream.handle = fd;
    stream.fd = fd.fd;
  } else {
    stream.fd = descriptor(fd);
  }
  stream.flags = options.flags;
  stream.mode = options.mode ?? 0o666;
}

function begin(stream, ready) {
  if (typeof stream.fd === 'number') {
    ready();
    return;
  }
  stream[api].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) {
      ready(error);
      return;
    }
    stream.fd = fd;
    ready();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function close(stream, error, callback) {
  if (typeof stream.fd !== 'number') {
    callback(error);
    return;
  }
  const { fd, handle } = stream;
  stream.fd = null;
  if (handle) handle.close().then(() => callback(error), callback);
  else stream[api].close(fd, (failure) => callback(failure || error));
}

const api = Symbol('fs');
const busy = Symbol('busy');
const idle = Symbol('idle');

function position(value, name) {
  if (value !== Infinity) validateInteger(value, name, 0);
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = settings(options, { flags: 'r', highWaterMark: 64 * 1024, emitClose: true, autoClose: true });
  this[api] = { ...fs, ...options.fs };
  if (options.fs) for (const name of ['open', 'read', 'close']) validateFunction(this[api][name], `options.fs.${name}`);
  adopt(this, options);
  if (this.fd === null) this.path = pathOf(path);
  this.start = options.start;
  this.end = options.end ?? Infinity;
  this.pos = undefined;
  this.bytesRead = 0;
  this[busy] = false;
  if (this.start !== undefined) {
    position(this.start, 'start');
    this.pos = this.start;
  }
  if (this.end !== Infinity) {
    position(this.end, 'end');
    if (this.start !== undefined && this.start > this.end) {
      throw new codes.ERR_OUT_OF_RANGE('start', `<= "end" (here: ${this.end})`, this.start);
    }
  }
  Readable.call(this, { ...options, autoDestroy: options.autoClose });
}
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

ReadStream.prototype._construct = function (callback) {
  begin(this, callback);
};

ReadStream.prototype._read = function (size) {
  let n = size;
  if (this.pos !== undefined) n = Math.min(this.end - this.pos + 1, n);
  else if (this.end !== Infinity) n = Math.min(this.end - this.bytesRead + 1, n);
  if (n <= 0) {
    this.push(null);
    return;
  }
  this[busy] = true;
  this[api].read(this.fd, Buffer.allocUnsafeSlow(n), 0, n, this.pos, (error, got, buffer) => {
    this[busy] = false;
    if (this.destroyed) {
      this.emit(idle, error);
      return;
    }
    if (error) {
      this.destroy(error);
      return;
    }
    if (got > 0) {
      if (this.pos !== undefined) this.pos += got;
      this.bytesRead += got;
      this.push(got < n ? Buffer.from(buffer.subarray(0, got)) : buffer);
    } else {
      this.push(null);
    }
  });
};

function destroy(error, callback) {
  if (this[busy]) this.once(idle, (failure) => close(this, error || failure, callback));
  else close(this, error, callback);
}
ReadStream.prototype._destroy = destroy;

ReadStream.prototype.close = function (callback) {
  if (typeof callback === 'function') finished(this, callback);
  this.destroy();
};

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = settings(options, { flags: 'w', emitClose: true, autoClose: true });
  options.decodeStrings = true;
  this[api] = { ...fs, ...options.fs };
  adopt(this, options);
  if (this.fd === null) this.path = pathOf(path);
  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  this[busy] = false;
  if (this.start !== undefined) {
    position(this.start, 'start');
    this.pos = this.start;
  }
  Writable.call(this, { ...options, autoDestroy: options.autoClose });
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

WriteStream.prototype._construct = ReadStream.prototype._construct;
WriteStream.prototype._destroy = destroy;

WriteStream.prototype._write = function (data, encoding, callback) {
  this[busy] = true;
  const put = (offset) => {
    const at = this.pos === undefined ? null : this.pos;
    this[api].write(this.fd, data, offset, data.length - offset, at, (error, n) => {
      if (!error && !this.destroyed) {
        this.bytesWritten += n;
        if (this.pos !== undefined) this.pos += n;
        if (offset + n < data.length) {
          put(offset + n);
          return;
        }
      }
      this[busy] = false;
      if (this.destroyed) {
        callback(error);
        this.emit(idle, error);
        return;
      }
      callback(error);
    });
  };
  put(0);
};

WriteStream.prototype._writev = function (chunks, callback) {
  this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', callback);
};

WriteStream.prototype.close = function (callback) {
  if (callback) {
    if (this.closed) {
      process.nextTick(callback);
      return;
    }
    this.on('close', callback);
  }
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

for (const Stream of [ReadStream, WriteStream]) {
  Object.defineProperty(Stream.prototype, 'autoClose', {
    configurable: true,
    get() {
      return (this._readableState || this._writableState).autoDestroy;
    },
    set(value) {
      (this._readableState || this._writableState).autoDestroy = value;
    },
  });
  Object.defineProperty(Stream.prototype, 'pending', {
    configurable: true,
    get() {
      return this.fd === null;
    },
  });
}

Object.assign(exports, {
  ReadStream,
  WriteStream,
  createReadStream: function createReadStream(path, options) {
    return new ReadStream(path, options);
  },
  createWriteStream: function createWriteStream(path, options) {
    return new WriteStream(path, options);
  },
});
