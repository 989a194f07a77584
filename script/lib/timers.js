// Copyright 2026 The duplex authors. MIT license.

// Timers as scripts see them; when they go off is Go's affair (clock.go).

'use strict';

const native = binding('timers');
const { ids } = require('internal/async_ids');
const { codes } = require('internal/errors');

const kInspect = Symbol.for('nodejs.util.inspect.custom');
const kPromisify = Symbol.for('nodejs.util.promisify.custom');
const kRefed = Symbol('refed');
const kHasPrimitive = Symbol('kHasPrimitive');
const kAsyncId = Symbol('asyncId');
const kTriggerId = Symbol('triggerId');
const kLongest = 2 ** 31 - 1;

// What a timer that is set has in _idlePrev and _idleNext, for those who look.
class TimersList {}
const listed = new TimersList();

const byId = new Map(); // timers whose number was asked for

function checkCallback(callback) {
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
}

function milliseconds(after) {
  const ms = after * 1;
  if (ms >= 1 && ms <= kLongest) return ms;
  if (ms > kLongest) {
    process.emitWarning(`${ms} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`, 'TimeoutOverflowWarning');
  }
  return 1;
}

let start; // (timer): sets it, again if it is set
let stop; // (timer)

// What Go calls when a timer goes off.
function fire() {
  this._idlePrev = this._idleNext = null;
  try {
    const args = this._timerArgs;
    if (args === undefined) this._onTimeout();
    else this._onTimeout(...args);
  } finally {
    if (this._idleNext !== null) {
      // Set again by its callback.
    } else if (this._repeat && this._idleTimeout !== -1) {
      this._idleTimeout = this._repeat;
      start(this);
    } else if (!this._destroyed) {
      this._destroyed = true;
      if (this[kHasPrimitive]) byId.delete(this[kAsyncId]);
    }
  }
}

class Timeout {
  #handle;

  static {
    start = (timer) => {
      timer._destroyed = false;
      timer._idlePrev = timer._idleNext = listed;
      timer._idleStart = native.arm(timer.#handle, timer._idleTimeout);
    };
    stop = (timer) => {
      if (timer[kHasPrimitive]) byId.delete(timer[kAsyncId]);
      timer._destroyed = true;
      timer._idleTimeout = -1;
      timer._idlePrev = timer._idleNext = timer._onTimeout = null;
      native.disarm(timer.#handle);
    };
  }

  constructor(callback, after, args, isRepeat, isRefed) {
    const ms = milliseconds(after);
    this._idleTimeout = ms;
    this._idlePrev = this;
    this._idleNext = this;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = isRepeat ? ms : null;
    this._destroyed = false;
    this[kRefed] = isRefed;
    this[kHasPrimitive] = false;
    this[kAsyncId] = ids.make();
    this[kTriggerId] = ids.current;
    this.#handle = native.create(ids.within(fire), this);
    if (!isRefed) native.hold(this.#handle, false);
    start(this);
  }

  refresh() {
    if (this._idleTimeout !== -1) start(this);
    return this;
  }

  unref() {
    if (this[kRefed]) {
      this[kRefed] = false;
      native.hold(this.#handle, false);
    }
    return this;
  }

  ref() {
    if (!this[kRefed]) {
      this[kRefed] = true;
      native.hold(this.#handle, true);
    }
    return this;
  }

  hasRef() {
    return this[kRefed];
  }

  [kInspect](depth, options) {
    return require('internal/inspect').inspect(this, { ...options, depth: 0, customInspect: false });
  }
}

Timeout.prototype.close = (0, function () {
  clearTimeout(this);
  return this;
});
Timeout.prototype[Symbol.dispose] = (0, function () {
  clearTimeout(this);
});
Timeout.prototype[Symbol.toPrimitive] = (0, function () {
  const id = this[kAsyncId];
  if (!this[kHasPrimitive]) {
    this[kHasPrimitive] = true;
    byId.set(id, this);
  }
  return id;
});

// What Go calls when an immediate has its turn.
function runImmediate() {
  this._destroyed = true;
  this[kRefed] = null;
  const callback = this._onImmediate;
  try {
    const argv = this._argv;
    if (argv === undefined) this._onImmediate();
    else this._onImmediate(...argv);
  } finally {
    this._onImmediate = callback;
  }
}

let cancel; // (immediate)

class Immediate {
  #handle;

  static {
    cancel = (immediate) => {
      immediate._destroyed = true;
      immediate[kRefed] = null;
      immediate._onImmediate = null;
      native.cancel(immediate.#handle);
    };
  }

  constructor(callback, args) {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this[kRefed] = true;
    this[kAsyncId] = ids.make();
    this[kTriggerId] = ids.current;
    this.#handle = native.immediate(ids.within(runImmediate), this);
  }

  ref() {
    return this.#keep(true);
  }

  unref() {
    return this.#keep(false);
  }

  #keep(ref) {
    if (this[kRefed] === !ref) {
      this[kRefed] = ref;
      native.keep(this.#handle, ref);
    }
    return this;
  }

  hasRef() {
    return !!this[kRefed];
  }
}
Immediate.prototype[Symbol.dispose] = (0, function () {
  clearImmediate(this);
});

function setTimeout(callback, after, arg1, arg2, arg3) {
  checkCallback(callback);
  return new Timeout(callback, after, arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : undefined, false, true);
}

function setInterval(callback, repeat, arg1, arg2, arg3) {
  checkCallback(callback);
  return new Timeout(callback, repeat, arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : undefined, true, true);
}

function setImmediate(callback, arg1, arg2, arg3) {
  checkCallback(callback);
  return new Immediate(callback, arguments.length > 1 ? Array.prototype.slice.call(arguments, 1) : undefined);
}

function clearTimeout(timer) {
  if (timer instanceof Timeout) {
    if (timer._onTimeout) stop(timer);
    return;
  }
  if (timer instanceof Immediate) {
    clearImmediate(timer);
    return;
  }
  if (typeof timer === 'number' || typeof timer === 'string') {
    const found = byId.get(Number(timer));
    if (found !== undefined) clearTimeout(found);
  }
}

function clearInterval(timer) {
  clearTimeout(timer);
}

function clearImmediate(immediate) {
  if (immediate instanceof Immediate) {
    if (!immediate._destroyed) cancel(immediate);
  } else if (immediate instanceof Timeout) {
    clearTimeout(immediate);
  }
}

for (const [f, name] of [[setTimeout, 'setTimeout'], [setImmediate, 'setImmediate']]) {
  Object.defineProperty(f, kPromisify, { enumerable: true, get: () => require('timers/promises')[name] });
}

module.exports = { setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval };

// Timers by hand, as before Node had any to set again.
const old = {
  _unrefActive: ['timers._unrefActive() is deprecated. Please use timeout.refresh() instead.', 'DEP0127', (item) => {
    begin(item)?.unref();
  }],
  active: ['timers.active() is deprecated. Please use timeout.refresh() instead.', 'DEP0126', (item) => {
    begin(item);
  }],
  unenroll: ['timers.unenroll() is deprecated. Please use clearTimeout instead.', 'DEP0096', (item) => {
    clearTimeout(item[kEnrolled]);
    item._idleTimeout = -1;
  }],
  enroll: ['timers.enroll() is deprecated. Please use setTimeout instead.', 'DEP0095', (item, msecs) => {
    require('internal/validators').validateNumber(msecs, 'msecs');
    clearTimeout(item[kEnrolled]);
    item._idleTimeout = msecs;
  }],
};
const kEnrolled = Symbol('enrolled');

function begin(item) {
  clearTimeout(item[kEnrolled]);
  if (!(item._idleTimeout >= 0)) return undefined;
  const timer = setTimeout(() => item._onTimeout?.(), item._idleTimeout);
  Object.defineProperty(item, kEnrolled, { value: timer, writable: true, configurable: true });
  return timer;
}

for (const name of Object.keys(old)) {
  const [message, code, f] = old[name];
  module.exports[name] = function (...args) {
    const { deprecate } = require('util');
    module.exports[name] = deprecate(f, message, code);
    return module.exports[name](...args);
  };
  Object.defineProperty(module.exports[name], 'name', { value: name });
}
Object.defineProperty(module.exports, 'promises', {
  configurable: true,
  enumerable: true,
  get: () => require('timers/promises'),
});
