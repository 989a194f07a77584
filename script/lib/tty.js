// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable, Writable } = require('stream');
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

// WriteStream is process.stdout and stderr where those are terminals.
function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  standard(fd);
  return fd === 2 ? process.stderr : process.stdout;
}
Object.setPrototypeOf(WriteStream, Writable);
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);

function sequence(text) {
  return function (...args) {
    const callback = typeof args[args.length - 1] === 'function' ? args.pop() : undefined;
    return this.write(text(...args), callback);
  };
}

Object.assign(WriteStream.prototype, {
  getWindowSize() {
    return [this.columns, this.rows];
  },
  getColorDepth(env = process.env) {
    if (env.NO_COLOR || env.NODE_DISABLE_COLORS || env.TERM === 'dumb') return 1;
    if (/^(truecolor|24bit)$/.test(env.COLORTERM)) return 24;
    return /256/.test(env.TERM) ? 8 : 4;
  },
  hasColors(count = 16, env = process.env) {
    if (typeof count === 'object') return this.hasColors(16, count);
    return count <= 2 ** this.getColorDepth(env);
  },
  clearLine: sequence((direction) => (direction < 0 ? '\x1b[1K' : direction > 0 ? '\x1b[0K' : '\x1b[2K')),
  clearScreenDown: sequence(() => '\x1b[0J'),
  cursorTo: sequence((x, y) => (typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`)),
  moveCursor: sequence((dx, dy) => (dx < 0 ? `\x1b[${-dx}D` : dx > 0 ? `\x1b[${dx}C` : '') +
    (dy < 0 ? `\x1b[${-dy}A` : dy > 0 ? `\x1b[${dy}B` : '')),
  ref() {
    return this;
  },
  unref() {
    return this;
  },
});

module.exports = { isatty, ReadStream, WriteStream };
