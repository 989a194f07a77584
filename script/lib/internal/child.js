// Copyright 2026 The duplex authors. MIT license.

// A program that runs.

'use strict';

const EventEmitter = require('events');
const { codes } = require('internal/errors');
const { validateObject, validateString, validateArray } = require('internal/validators');
const { signalNumber } = require('internal/child_request');
const uv = require('internal/uv');
const { ids } = require('internal/async_ids');
const native = binding('child_process');
const { signals } = require('os').constants;

const signalName = (number) => (number ? Object.keys(signals).find((name) => signals[name] === number) : null);
exports.signalName = signalName;

function spawnError(errno, what, { args }) {
  const error = uv.errnoException(errno, what);
  error.path = args[0];
  error.spawnargs = args.slice(1);
  return error;
}
exports.spawnError = spawnError;

// What can go wrong on another day is told by 'error'; the rest is thrown.
const later = new Set(['EACCES', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOENT']);

class ChildProcess extends EventEmitter {
  constructor() {
    super();
    this._closesNeeded = 1; // itself, and what it is connected by
    this._closesGot = 0;
    this.connected = false;
    this.signalCode = null;
    this.exitCode = null;
    this.killed = false;
    this.spawnfile = null;
    this._handle = null;
  }

  spawn(options) {
    validateObject(options, 'options');
    const plan = options.ends === undefined ? planOf(options) : options;
    this.spawnfile = plan.file;
    this.spawnargs = plan.args;
    const { Socket } = require('net');
    const { Pipe } = require('internal/net_handle');
    const handle = native.spawn(plan, ids.within((code, signal) => exited(this, code, signalName(signal))));
    if (typeof handle === 'number' && !later.has(uv.name(handle))) throw uv.errnoException(handle, 'spawn');
    const ends = typeof handle === 'number' ? [] : handle.ends;
    this.stdio = plan.ends.map(({ type }, fd) => {
      if (type !== 'pipe') return null;
      this._closesNeeded++;
      const end = ends[fd];
      const socket = end === undefined ? new Socket({ readable: fd > 0 }) :
        new Socket({ handle: new Pipe(Pipe.constants.SOCKET, end), readable: fd > 0 });
      socket.on('close', () => maybeClose(this));
      return socket;
    });
    [this.stdin, this.stdout, this.stderr] = this.stdio;
    if (typeof handle === 'number') {
      process.nextTick(() => exited(this, handle, null, plan));
      return handle;
    }
    this._handle = handle;
    this.pid = handle.pid;
    process.nextTick(() => this.emit('spawn'));
    const channel = plan.ends.findIndex(({ type }) => type === 'ipc');
    if (channel >= 0) {
      this._closesNeeded++;
      const { connect } = require('internal/channel');
      connect(this, ends[channel], plan.options.serialization || 'json', () => maybeClose(this)).hold(true);
    }
    return 0;
  }

  kill(signal = 'SIGTERM') {
    const number = signal === 0 ? 0 : signalNumber(signal);
    if (this._handle === null) return false;
    const errno = this._handle.kill(number);
    if (errno === 0) {
      this.killed = true;
      return true;
    }
    const name = uv.name(errno);
    if (name === 'EINVAL' || name === 'ENOSYS') throw uv.errnoException(errno, 'kill');
    if (name !== 'ESRCH') this.emit('error', uv.errnoException(errno, 'kill'));
    return false;
  }

  [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
    if (!this.killed) this.kill();
  }

  ref() {
    if (this._handle) this._handle.hold(true);
  }

  unref() {
    if (this._handle) this._handle.hold(false);
  }
}
exports.ChildProcess = ChildProcess;

// planOf reads what ChildProcess.prototype.spawn is given by scripts.
function planOf(options) {
  validateString(options.file, 'options.file');
  if (options.args !== undefined) validateArray(options.args, 'options.args');
  const { request } = require('internal/child_request');
  const [argv0, ...args] = options.args || [options.file];
  const env = options.envPairs && Object.fromEntries(options.envPairs.map((pair) => pair.split(/=(.*)/s)));
  return request(options.file, args, { ...options, argv0, env: env || options.env });
}

// exited tells of a program's end, or with a plan that it has not begun: code is an
// errno then.
function exited(child, code, signal, plan) {
  if (signal) child.signalCode = signal;
  else child.exitCode = code;
  if (child.stdin) child.stdin.destroy();
  child._handle = null;
  if (plan) child.emit('error', spawnError(code, `spawn ${plan.file}`, plan));
  else child.emit('exit', child.exitCode, child.signalCode);
  // Output that nobody reads must not keep it from closing.
  process.nextTick(() => {
    for (const socket of child.stdio) {
      if (!socket || !socket.readable || socket.readableListening || socket.readableFlowing === false) continue;
      socket.resume();
    }
  });
  if (plan) for (const socket of child.stdio) if (socket) socket.destroy();
  maybeClose(child);
}

function maybeClose(child) {
  if (++child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}
