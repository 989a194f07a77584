// Copyright 2026 The duplex authors. MIT license.

// What fs tells of files: Stats, Dirent and Dir.

'use strict';

const { codes, define } = require('internal/errors');

const formats = { Directory: 0o040000, File: 0o100000, BlockDevice: 0o060000, CharacterDevice: 0o020000, SymbolicLink: 0o120000, FIFO: 0o010000, Socket: 0o140000 };

const date = (ms) => new Date(Math.floor(Number(ms) + 0.5));

function Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
  Object.assign(this, { dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs });
  this.atime = date(atimeMs);
  this.mtime = date(mtimeMs);
  this.ctime = date(ctimeMs);
  this.birthtime = date(birthtimeMs);
}
exports.Stats = Stats;

function BigIntStats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs, ...ns) {
  Object.assign(this, { dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs });
  [this.atimeNs, this.mtimeNs, this.ctimeNs, this.birthtimeNs] = ns;
  this.atime = date(atimeMs);
  this.mtime = date(mtimeMs);
  this.ctime = date(ctimeMs);
  this.birthtime = date(birthtimeMs);
}
exports.BigIntStats = BigIntStats;

for (const kind of Object.keys(formats)) {
  const is = { [`is${kind}`]() { return (Number(this.mode) & 0o170000) === formats[kind]; } }[`is${kind}`];
  Stats.prototype[`is${kind}`] = is;
  BigIntStats.prototype[`is${kind}`] = is;
}

const type = Symbol('type');
const types = ['', 'File', 'Directory', 'SymbolicLink', 'FIFO', 'Socket', 'CharacterDevice', 'BlockDevice'];

class Dirent {
  constructor(name, path, kind) {
    this.name = name;
    this.parentPath = path;
    this.path = path;
    this[type] = kind;
  }
}
for (let i = 1; i < types.length; i++) {
  Object.defineProperty(Dirent.prototype, `is${types[i]}`, {
    value: { [`is${types[i]}`]() { return this[type] === i; } }[`is${types[i]}`],
    writable: true,
    configurable: true,
  });
}
exports.Dirent = Dirent;

define('ERR_DIR_CLOSED', Error, 'Directory handle was closed');

class Dir {
  #path;
  #entries;
  #closed = false;

  constructor(path, entries) {
    this.#path = path;
    this.#entries = entries;
  }

  get path() {
    return this.#path;
  }

  readSync() {
    if (this.#closed) throw new codes.ERR_DIR_CLOSED();
    return this.#entries.shift() ?? null;
  }

  read(callback) {
    if (callback === undefined) return new Promise((resolve) => setImmediate(() => resolve(this.readSync())));
    if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('callback', 'function', callback);
    if (this.#closed) throw new codes.ERR_DIR_CLOSED();
    setImmediate(() => callback(null, this.readSync()));
  }

  closeSync() {
    if (this.#closed) throw new codes.ERR_DIR_CLOSED();
    this.#closed = true;
  }

  close(callback) {
    if (callback === undefined) {
      if (this.#closed) return Promise.reject(new codes.ERR_DIR_CLOSED());
      this.#closed = true;
      return Promise.resolve();
    }
    this.closeSync();
    setImmediate(() => callback(null));
  }

  entries() {
    return {
      next: async () => {
        const value = await this.read();
        if (value !== null) return { value, done: false };
        await this.close();
        return { value: undefined, done: true };
      },
      return: async (value) => {
        await this.close();
        return { value, done: true };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  [Symbol.asyncIterator]() {
    return this.entries();
  }
}
exports.Dir = Dir;
