// Copyright 2026 The duplex authors. MIT license.

// What Go calls to enter a script (see turn.go), process.nextTick, and the
// globals that come before the first line.

'use strict';

const { ids, kContext } = require('internal/async_ids');
const native = binding('turns');

// rejected: an error comes from a promise.
const state = { rejected: false };

// Go runs the ticks; of one that throws it tells.
function runTicks() {
  for (;;) {
    try {
      native.run();
      return;
    } catch (error) {
      settle(error);
    }
  }
}

// settle gives what was thrown to those who listen for that. If nobody does, it ends the
// script at once: jobs of promises that wait do not run any more.
function settle(error) {
  let handled;
  try {
    handled = exports.failed(error);
  } catch (again) {
    native.end(again, 7);
  }
  if (!handled) native.end(error, 1);
}
exports.settle = settle;

exports.call = function (self, ...args) {
  const before = ids.context;
  if (ids.tracked) ids.context = self?.[kContext];
  try {
    this.apply(self, args);
  } catch (error) {
    settle(error);
  }
  if (ids.tracked) ids.context = before;
  runTicks();
};

// entrance is call of one function with one argument, for what comes often.
exports.entrance = function (f) {
  return function (argument) {
    const before = ids.context;
    if (ids.tracked) ids.context = this[kContext];
    try {
      f.call(this, argument);
    } catch (error) {
      settle(error);
    }
    if (ids.tracked) ids.context = before;
    runTicks();
  };
};

exports.tick = runTicks;
exports.state = state;

// Promises that were rejected while nobody listened, by promise; told after the
// ticks and jobs of the turn.
const rejections = new Map();
const told = new WeakSet();
const late = []; // promises of told that somebody listens to by now

// Go tells of each [promise, reason, handled, context] since it was here before.
exports.rejected = function (news) {
  for (const [promise, reason, handled, context] of news) {
    if (!handled) rejections.set(promise, { reason, context });
    else if (!rejections.delete(promise) && told.has(promise)) late.push(promise);
  }
  while (late.length > 0) {
    try {
      process.emit('rejectionHandled', late.shift());
    } catch (error) {
      settle(error);
    }
  }
  for (const [promise, { reason, context }] of rejections) {
    rejections.delete(promise);
    if (ids.tracked) ids.failing = { error: reason, context };
    told.add(promise);
    mend(reason);
    try {
      modes[mode](reason, promise);
    } catch (error) {
      settle(error);
    }
  }
};

// mode is what --unhandled-rejections says.
let mode = 'throw';

const tell = (reason, promise) => process.emit('unhandledRejection', reason, promise);
const warn = (reason) => require('internal/warnings').rejected(reason);

const modes = {
  throw(reason, promise) {
    if (!tell(reason, promise)) raise(reason);
  },
  strict(reason, promise) {
    raise(reason);
    if (!tell(reason, promise)) warn(reason);
  },
  warn(reason, promise) {
    tell(reason, promise);
    warn(reason);
  },
  'warn-with-error-code'(reason, promise) {
    if (tell(reason, promise)) return;
    warn(reason);
    process.exitCode = 1;
  },
  none: tell,
};

exports.chooseMode = function (name) {
  if (modes[name]) mode = name;
};

// raise makes an uncaught error of a rejection.
function raise(reason) {
  state.origin = 'unhandledRejection';
  state.rejected = true;
  settle(require('internal/errors').unhandled(reason));
  state.rejected = false;
}

// Reports whether somebody handled the error.
exports.failed = function (error) {
  const { origin = 'uncaughtException' } = state;
  state.origin = undefined;
  mend(error);
  if (process[Symbol.for('duplex.domain')]?.(error)) return true;
  const capture = process[Symbol.for('duplex.capture')];
  if (capture !== null) {
    capture(error);
    return true;
  }
  if (process.listenerCount('uncaughtExceptionMonitor') > 0) process.emit('uncaughtExceptionMonitor', error, origin);
  return process.emit('uncaughtException', error, origin);
};

exports.before = function () {
  try {
    process.emit('beforeExit', process.exitCode || 0);
  } catch (error) {
    settle(error);
  }
  runTicks();
};

exports.last = function (code) {
  if (code !== undefined) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', process.exitCode || 0);
  }
  return process.exitCode || 0;
};

// A loop over the globals finds these.
const enumerable = new Set(['clearImmediate', 'setImmediate', 'clearInterval', 'clearTimeout', 'setInterval', 'setTimeout', 'atob', 'btoa',
  'performance', 'crypto']);

function lazily(name, module) {
  const listed = enumerable.has(name);
  Object.defineProperty(globalThis, name, {
    enumerable: listed,
    configurable: true,
    get() {
      const value = require(module)[name];
      this[name] = value;
      return value;
    },
    set(value) {
      Object.defineProperty(globalThis, name, { value, writable: true, enumerable: listed, configurable: true });
    },
  });
}

let mend; // errors of the engine's, see internal/stack

exports.start = function () {
  ({ mend } = require('internal/stack'));
  require('internal/process');
  process.nextTick = native.nextTick;
  Object.defineProperty(globalThis, 'process', { value: process, writable: true, configurable: true });
  Object.defineProperty(globalThis, 'global', { value: globalThis, writable: true, enumerable: true, configurable: true });
  require('internal/language');
  lazily('console', 'console');
  for (const name of ['Buffer', 'atob', 'btoa', 'Blob', 'File']) lazily(name, 'buffer');
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) lazily(name, 'timers');
  for (const name of ['Event', 'EventTarget', 'AbortController', 'AbortSignal']) lazily(name, 'internal/event_target');
  for (const name of ['TextEncoder', 'TextDecoder']) lazily(name, 'internal/text');
  for (const name of ['URL', 'URLSearchParams']) lazily(name, 'url');
  for (const name of ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest',
    'ReadableByteStreamController', 'ReadableStreamDefaultController', 'TransformStream', 'TransformStreamDefaultController',
    'WritableStream', 'WritableStreamDefaultController', 'WritableStreamDefaultWriter', 'ByteLengthQueuingStrategy',
    'CountQueuingStrategy', 'TextEncoderStream', 'TextDecoderStream', 'CompressionStream', 'DecompressionStream']) {
    lazily(name, 'stream/web');
  }
  for (const name of ['MessageChannel', 'MessagePort', 'MessageEvent', 'BroadcastChannel']) lazily(name, 'internal/messages');
  lazily('Intl', 'internal/intl');
  lazily('performance', 'perf_hooks');
  for (const name of ['crypto', 'Crypto', 'CryptoKey', 'SubtleCrypto']) lazily(name, 'internal/crypto/web');
  for (const name of ['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver',
    'PerformanceObserverEntryList', 'PerformanceResourceTiming']) {
    lazily(name, 'perf_hooks');
  }
  const { NODE_UNIQUE_ID: id } = process.env;
  if (id !== undefined && process.channel) {
    delete process.env.NODE_UNIQUE_ID;
    const worker = require('internal/cluster_worker');
    Object.defineProperty(process, Symbol.for('duplex.worker'), { value: worker });
    worker._setupWorker(Number(id));
  }
  const options = [...(process.env.NODE_OPTIONS ?? '').split(' '), ...process.execArgv].filter(Boolean);
  if (options.length > 0) require('internal/options').apply(options);
};
