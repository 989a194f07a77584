// Copyright 2026 The duplex authors. MIT license.

// Files for promises.

'use strict';

const fs = require('fs');
const EventEmitter = require('events');
const { codes } = require('internal/errors');

Object.assign(exports, fs[Symbol.for('duplex.fs.promised')]);

// call makes a promise of a function with a callback; wrap is what becomes of its
// results.
function call(f, args, wrap = (value) => value) {
  return new Promise((resolve, reject) => {
    f(...args, (error, ...values) => (error ? reject(error) : resolve(wrap(...values))));
  });
}

class FileHandle extends EventEmitter {
  #fd;
  #closing;

  constructor(fd) {
    super();
    this.#fd = fd;
  }

  get fd() {
    return this.#fd;
  }

  appendFile(data, options) {
    return exports.appendFile(this, data, options);
  }

  chmod(mode) {
    return call(fs.fchmod, [this.#fd, mode]);
  }

  chown(uid, gid) {
    return call(fs.fchown, [this.#fd, uid, gid]);
  }

  close() {
    if (this.#fd === -1) return Promise.resolve();
    if (this.#closing === undefined) {
      const fd = this.#fd;
      this.#fd = -1;
      this.#closing = call(fs.close, [fd]).then(() => {
        this.emit('close');
      });
    }
    return this.#closing;
  }

  createReadStream(options) {
    return fs.createReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options) {
    return fs.createWriteStream(undefined, { ...options, fd: this });
  }

  datasync() {
    return call(fs.fdatasync, [this.#fd]);
  }

  async read(buffer, offset, length, position) {
    if (!ArrayBuffer.isView(buffer)) {
      ({ buffer = Buffer.alloc(16384), offset, length, position } = buffer ?? {});
    }
    return call(fs.read, [this.#fd, buffer, offset, length, position], (bytesRead, data) => ({ bytesRead, buffer: data }));
  }

  readFile(options) {
    return exports.readFile(this, options);
  }

  readLines(options) {
    return require('readline').createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  async readv(buffers, position) {
    return call(fs.readv, [this.#fd, buffers, position], (bytesRead, data) => ({ bytesRead, buffers: data }));
  }

  stat(options) {
    return call(fs.fstat, [this.#fd, options]);
  }

  sync() {
    return call(fs.fsync, [this.#fd]);
  }

  truncate(length = 0) {
    return call(fs.ftruncate, [this.#fd, length]);
  }

  utimes(atime, mtime) {
    return call(fs.futimes, [this.#fd, atime, mtime]);
  }

  async write(data, ...rest) {
    return call(fs.write, [this.#fd, data, ...rest], (bytesWritten, buffer) => ({ bytesWritten, buffer }));
  }

  writeFile(data, options) {
    return exports.writeFile(this, data, options);
  }

  async writev(buffers, position) {
    return call(fs.writev, [this.#fd, buffers, position], (bytesWritten, data) => ({ bytesWritten, buffers: data }));
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }
}

exports.open = function open(path, flags, mode) {
  return call(fs.open, [path, flags, mode], (fd) => new FileHandle(fd));
};

const target = (file) => (file instanceof FileHandle ? file.fd : file);

exports.readFile = async function readFile(path, options) {
  return call(fs.readFile, [target(path), options]);
};

async function text(data) {
  if (typeof data === 'string' || ArrayBuffer.isView(data)) return data;
  if (data === null || data === undefined || (!data[Symbol.asyncIterator] && !data[Symbol.iterator])) {
    throw new codes.ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  const chunks = [];
  const iterator = data[Symbol.asyncIterator] ? data[Symbol.asyncIterator]() : data[Symbol.iterator]();
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) chunks.push(Buffer.from(await step.value));
  return Buffer.concat(chunks);
}

exports.writeFile = async function writeFile(path, data, options) {
  return call(fs.writeFile, [target(path), await text(data), options]);
};

exports.appendFile = async function appendFile(path, data, options) {
  return call(fs.appendFile, [target(path), data, options]);
};

exports.watch = function watch(...args) {
  return fs.watch(...args);
};

exports.constants = fs.constants;
