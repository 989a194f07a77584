// Copyright 2026 The duplex authors. MIT license.

// What Go calls to enter a script (see turn.go), process.nextTick, and the
// globals that come before the first line.

'use strict';

const state = { ticks: 0 }; // how many wait in queue
let queue = [];
let head = 0; // of queue, the next to run

function nextTick(callback, ...args) {
  if (typeof callback !== 'function') {
    const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
    throw new ERR_INVALID_ARG_TYPE('callback', 'function', callback);
  }
  queue.push(args.length === 0 ? callback : () => callback(...args));
  state.ticks++;
}

// If a tick throws, Go deals with that and calls runTicks again.
function runTicks() {
  while (head < queue.length) {
    const callback = queue[head];
    queue[head++] = undefined;
    state.ticks--;
    callback();
  }
  if (head > 0) {
    queue.length = 0;
    head = 0;
  }
}

exports.call = function (self, ...args) {
  this.apply(self, args);
  if (state.ticks > 0) runTicks();
};
exports.tick = runTicks;
exports.state = state;

// Promises that were rejected while nobody listened, by promise; told after the
// ticks and jobs of the turn.
const rejections = new Map();
const told = new WeakSet();

exports.rejection = function (promise, reason, handled) {
  if (!handled) {
    rejections.set(promise, reason);
  } else if (!rejections.delete(promise) && told.has(promise)) {
    nextTick(() => process.emit('rejectionHandled', promise));
  }
};

// Reports whether there was any.
exports.rejected = function () {
  if (rejections.size === 0) return false;
  for (const [promise, reason] of rejections) {
    rejections.delete(promise);
    told.add(promise);
    if (process.emit('unhandledRejection', reason, promise)) continue;
    const { unhandled } = require('internal/errors');
    exports.uncaught(unhandled(reason), 'unhandledRejection');
  }
  return true;
};

// Reports whether somebody handled the error.
exports.failed = function (error, origin) {
  if (process.listenerCount('uncaughtExceptionMonitor') > 0) process.emit('uncaughtExceptionMonitor', error, origin);
  return process.emit('uncaughtException', error, origin);
};

exports.before = function () {
  process.emit('beforeExit', process.exitCode || 0);
};

exports.last = function (code) {
  if (code !== undefined) process.exitCode = code;
  process._exiting = true;
  process.emit('exit', process.exitCode || 0);
  return process.exitCode || 0;
};

function lazily(name, module, property = name) {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      const value = require(module)[property];
      this[name] = value;
      return value;
    },
    set(value) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    },
  });
}

exports.start = function () {
  process = require('internal/process');
  process.nextTick = nextTick;
  Object.defineProperty(globalThis, 'process', { value: process, writable: true, configurable: true });
  Object.defineProperty(globalThis, 'global', { value: globalThis, writable: true, configurable: true });
  require('internal/language');
  lazily('console', 'console', 'console');
  for (const name of ['Buffer', 'atob', 'btoa']) lazily(name, 'buffer');
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) lazily(name, 'timers');
  for (const name of ['Event', 'EventTarget', 'AbortController', 'AbortSignal']) lazily(name, 'internal/event_target');
  for (const name of ['TextEncoder', 'TextDecoder']) lazily(name, 'util');
  for (const name of ['URL', 'URLSearchParams']) lazily(name, 'url');
  lazily('performance', 'perf_hooks');
};
