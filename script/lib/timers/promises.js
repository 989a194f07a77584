// Copyright 2026 The duplex authors. MIT license.

// Timers as promises.

'use strict';

const timers = require('timers');
const { AbortError, codes } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject } = require('internal/validators');

const kScheduler = Symbol('kScheduler');

function check(options) {
  validateObject(options, 'options');
  validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) validateBoolean(options.ref, 'options.ref');
}

function aborted(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

// wait makes the promise of a timer that begin makes and clear takes back.
function wait(value, { signal, ref = true }, begin, clear) {
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const timer = begin(() => {
      if (signal) signal.removeEventListener('abort', cancel);
      resolve(value);
    });
    if (!ref) timer.unref();
    const cancel = () => {
      clear(timer);
      reject(aborted(signal));
    };
    if (signal) signal.addEventListener('abort', cancel, { once: true });
  });
}

exports.setTimeout = function setTimeout(after, value, options = {}) {
  try {
    if (after !== undefined) validateNumber(after, 'delay');
    check(options);
  } catch (error) {
    return Promise.reject(error);
  }
  return wait(value, options, (done) => timers.setTimeout(done, after), timers.clearTimeout);
};

exports.setImmediate = function setImmediate(value, options = {}) {
  try {
    check(options);
  } catch (error) {
    return Promise.reject(error);
  }
  return wait(value, options, timers.setImmediate, timers.clearImmediate);
};

// What an async generator would be, had goja any: nothing happens before the first
// next, and every call waits for the one before.
class Ticks {
  #after;
  #value;
  #options;
  #timer;
  #ticks = 0; // not taken yet
  #waiting; // { resolve, reject } of the next that waits for one
  #last = Promise.resolve();
  #state = 'new';
  #cancel = () => {
    timers.clearInterval(this.#timer);
    this.#waiting?.reject(aborted(this.#options.signal));
    this.#waiting = undefined;
  };

  constructor(after, value, options) {
    this.#after = after;
    this.#value = value;
    this.#options = options;
  }

  #queue(f) {
    const result = this.#last.then(f);
    this.#last = result.catch(() => {});
    return result;
  }

  #begin() {
    this.#state = 'ended'; // if this throws
    if (this.#after !== undefined) validateNumber(this.#after, 'delay');
    check(this.#options);
    const { signal, ref = true } = this.#options;
    if (signal?.aborted) throw aborted(signal);
    this.#timer = timers.setInterval(() => {
      this.#ticks++;
      if (this.#waiting === undefined) return;
      this.#ticks--;
      this.#waiting.resolve();
      this.#waiting = undefined;
    }, this.#after);
    if (!ref) this.#timer.unref();
    if (signal) signal.addEventListener('abort', this.#cancel, { once: true });
    this.#state = 'running';
  }

  #end() {
    this.#state = 'ended';
    timers.clearInterval(this.#timer);
    this.#options?.signal?.removeEventListener('abort', this.#cancel);
  }

  async #tick() {
    if (this.#state === 'new') this.#begin();
    if (this.#state === 'ended') return { value: undefined, done: true };
    const { signal } = this.#options;
    if (this.#ticks > 0) {
      this.#ticks--;
    } else if (signal?.aborted) {
      this.#end();
      throw aborted(signal);
    } else {
      try {
        await new Promise((resolve, reject) => {
          this.#waiting = { resolve, reject };
        });
      } catch (error) {
        this.#end();
        throw error;
      }
    }
    return { value: this.#value, done: false };
  }

  next() {
    return this.#queue(() => this.#tick());
  }

  return(value) {
    return this.#queue(() => {
      if (this.#state === 'running') this.#end();
      this.#state = 'ended';
      return { value, done: true };
    });
  }

  throw(error) {
    return this.#queue(() => {
      if (this.#state === 'running') this.#end();
      this.#state = 'ended';
      throw error;
    });
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}
Object.defineProperty(Ticks.prototype, Symbol.toStringTag, { value: 'AsyncGenerator', configurable: true });
Object.defineProperty(Ticks.prototype, 'constructor', { value: Object, writable: true, configurable: true });

exports.setInterval = function setInterval(after, value, options = {}) {
  return new Ticks(after, value, options);
};

class Scheduler {
  constructor(key = undefined) {
    if (key !== kScheduler) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this[kScheduler] = true;
  }

  yield() {
    return exports.setImmediate();
  }

  wait(delay, options) {
    return exports.setTimeout(delay, undefined, options);
  }
}

exports.scheduler = new Scheduler(kScheduler);
