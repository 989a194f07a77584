// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable, Writable } = require('stream');
const screen = require('internal/readline/screen');
const { write } = require('internal/standard');
const native = binding('process');

function isatty(fd) {
  return Number.isInteger(fd) && fd >= 0 && fd <= 2 && native.kind(fd) === 'tty';
}

function standard(fd) {
  const error = new Error(`TTY initialization failed: uv_tty_init returned EINVAL (invalid argument)`);
  error.code = 'ERR_TTY_INIT_FAILED';
  if (!isatty(fd)) throw error;
}

// ReadStream is process.stdin where that is a terminal.
function ReadStream(fd) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd);
  standard(fd);
  return process.stdin;
}
Object.setPrototypeOf(ReadStream, Readable);
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);

ReadStream.prototype.setRawMode = function (flag) {
  flag = !!flag;
  native.raw(flag);
  this.isRaw = flag;
  return this;
};

// WriteStream is process.stdout and stderr where those are terminals.
function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  standard(fd);
  return fd === 2 ? process.stderr : process.stdout;
}
Object.setPrototypeOf(WriteStream, Writable);
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);

Object.assign(WriteStream.prototype, {
  isTTY: true,
  getColorDepth(env) {
    return require('internal/colors').depth(env);
  },
  hasColors(count, env) {
    return require('internal/colors').has(this, count, env);
  },
  _refreshSize() {
    const [columns, rows] = native.terminal(this.fd) ?? [this.columns, this.rows];
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  },
  cursorTo(x, y, callback) {
    return screen.cursorTo(this, x, y, callback);
  },
  moveCursor(dx, dy, callback) {
    return screen.moveCursor(this, dx, dy, callback);
  },
  clearLine(dir, callback) {
    return screen.clearLine(this, dir, callback);
  },
  clearScreenDown(callback) {
    return screen.clearScreenDown(this, callback);
  },
  getWindowSize() {
    return [this.columns, this.rows];
  },
});
for (const name of ['ref', 'unref']) {
  Object.defineProperty(WriteStream.prototype, name, { value() { return this; }, writable: true, configurable: true });
}
Object.defineProperty(WriteStream.prototype, 'write', { value: write, writable: true, configurable: true });

module.exports = { isatty, ReadStream, WriteStream };
