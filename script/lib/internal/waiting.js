// Copyright 2026 The duplex authors. MIT license.

// What of module events waits for events: once and on; and addAbortListener.

'use strict';

const { AbortError, codes } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateInteger } = require('internal/validators');

const kWatermarkData = Symbol.for('nodejs.watermarkData');

// An option of on: it gives what an event was emitted with first, rather than all.
const kFirst = (exports.kFirst = Symbol('kFirstEventParam'));

function aborted(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

function notEmitter(emitter) {
  return new codes.ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
}

function listen(emitter, name, listener, once) {
  if (typeof emitter.on === 'function') {
    if (once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter.addEventListener === 'function') {
    emitter.addEventListener(name, listener, { once });
  } else {
    throw notEmitter(emitter);
  }
}

function unlisten(emitter, name, listener) {
  if (typeof emitter.removeListener === 'function') emitter.removeListener(name, listener);
  else emitter.removeEventListener(name, listener);
}

exports.once = function (emitter, name, options) {
  const signal = options?.signal;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw aborted(signal);
  return new Promise((resolve, reject) => {
    const resolver = (...args) => {
      forget();
      resolve(args);
    };
    const errorListener = (error) => {
      forget();
      reject(error);
    };
    const abortListener = () => {
      forget();
      reject(aborted(signal));
    };
    const forget = () => {
      unlisten(emitter, name, resolver);
      if (watchesErrors) emitter.removeListener('error', errorListener);
      if (signal) signal.removeEventListener('abort', abortListener);
    };
    listen(emitter, name, resolver, true);
    const watchesErrors = name !== 'error' && typeof emitter.once === 'function';
    if (watchesErrors) emitter.once('error', errorListener);
    if (signal) signal.addEventListener('abort', abortListener, { once: true });
  });
};

const AsyncIterator = Object.create(Object.prototype, {
  [Symbol.asyncIterator]: {
    value: { [Symbol.asyncIterator]() { return this; } }[Symbol.asyncIterator], writable: true, configurable: true,
  },
});

exports.on = function (emitter, event, options) {
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw aborted(signal);
  const high = options.highWaterMark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? 1;
  validateInteger(high, 'options.highWaterMark', 1);
  validateInteger(low, 'options.lowWaterMark', 1);

  const events = []; // emitted, and not asked for yet
  const asked = []; // { resolve, reject } of next, and not emitted yet
  const listening = []; // [name, listener]
  let failure; // { error }, after the events
  let finished = false;
  let paused = false;

  function add(name, listener) {
    listen(emitter, name, listener, false);
    listening.push([name, listener]);
  }

  function eventHandler(value) {
    if (asked.length > 0) {
      asked.shift().resolve({ value, done: false });
      return;
    }
    events.push(value);
    if (!paused && events.length > high) {
      paused = true;
      emitter.pause();
    }
  }

  function errorHandler(error) {
    if (asked.length > 0) asked.shift().reject(error);
    else failure = { error };
    closeHandler();
  }

  function abortListener() {
    errorHandler(aborted(signal));
  }

  function closeHandler() {
    if (signal) signal.removeEventListener('abort', abortListener);
    for (const [name, listener] of listening.splice(0).reverse()) unlisten(emitter, name, listener);
    finished = true;
    for (const one of asked.splice(0)) one.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  const iterator = Object.assign(Object.create(AsyncIterator), {
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < low) {
          paused = false;
          emitter.resume();
        }
        return Promise.resolve({ value, done: false });
      }
      if (failure) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (finished) return closeHandler();
      return new Promise((resolve, reject) => asked.push({ resolve, reject }));
    },
    return() {
      return closeHandler();
    },
    throw(error) {
      if (!(error instanceof Error)) throw new codes.ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', error);
      errorHandler(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [kWatermarkData]: {
      get size() { return events.length; },
      get low() { return low; },
      get high() { return high; },
      get isPaused() { return paused; },
    },
  });

  add(event, options[kFirst] ? eventHandler : (...args) => eventHandler(args));
  if (event !== 'error' && typeof emitter.on === 'function') add('error', errorHandler);
  for (const name of options.close ?? []) add(name, closeHandler);
  if (signal) signal.addEventListener('abort', abortListener, { once: true });
  return iterator;
};

exports.addAbortListener = function (signal, listener) {
  if (signal === undefined) throw new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  let remove;
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true });
    remove = () => signal.removeEventListener('abort', listener);
  }
  return { __proto__: null, [Symbol.dispose]() { remove?.(); } };
};
