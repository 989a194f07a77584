// Copyright 2026 The duplex authors. MIT license.

// EventEmitter. emit itself is Go's, see events.go; what waits for events by
// promise is in internal/waiting.js.

'use strict';

const kCapture = Symbol('kCapture');
const kShapeMode = Symbol('shapeMode');
const kRejection = Symbol.for('nodejs.rejection');
const kErrorMonitor = Symbol('events.errorMonitor');
const kMaxEventTargetListeners = Symbol('events.maxEventTargetListeners');
const kMaxEventTargetListenersWarned = Symbol('events.maxEventTargetListenersWarned');

let defaultMaxListeners = 10;

function EventEmitter(opts) {
  EventEmitter.init.call(this, opts);
}
module.exports = EventEmitter;

const prototype = EventEmitter.prototype;
prototype._events = undefined;
prototype._eventsCount = 0;
prototype._maxListeners = undefined;
Object.defineProperty(prototype, kCapture, { value: false, writable: true });

function invalid(name, expected, actual) {
  return new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)(name, expected, actual);
}

function checkListener(listener) {
  if (typeof listener !== 'function') throw invalid('listener', 'Function', listener);
}

// One function is kept as it is, several in an array.
function add(target, type, listener, first) {
  checkListener(listener);
  let events = target._events;
  let existing;
  if (events === undefined) {
    events = target._events = Object.create(null);
    target._eventsCount = 0;
  } else {
    if (events.newListener !== undefined) {
      target.emit('newListener', type, listener.listener ? listener.listener : listener);
      events = target._events;
    }
    existing = events[type];
  }
  if (existing === undefined) {
    events[type] = listener;
    ++target._eventsCount;
    return target;
  }
  if (typeof existing === 'function') {
    existing = events[type] = first ? [listener, existing] : [existing, listener];
  } else if (first) {
    existing.unshift(listener);
  } else {
    existing.push(listener);
  }
  const limit = limitOf(target);
  if (limit > 0 && existing.length > limit && !existing.warned) warn(target, type, existing);
  return target;
}

function warn(target, type, listeners) {
  listeners.warned = true;
  const { inspect } = require('internal/inspect');
  const warning = new Error(`Possible EventEmitter memory leak detected. ${listeners.length} ${String(type)} listeners ` +
    `added to ${inspect(target, { depth: -1 })}. MaxListeners is ${limitOf(target)}. Use emitter.setMaxListeners() to increase limit`);
  warning.name = 'MaxListenersExceededWarning';
  warning.emitter = target;
  warning.type = type;
  warning.count = listeners.length;
  globalThis.process.emitWarning(warning);
}

function limitOf(emitter) {
  const limit = emitter._maxListeners;
  return limit === undefined ? defaultMaxListeners : limit;
}

prototype.setMaxListeners = function setMaxListeners(n) {
  require('internal/validators').validateNumber(n, 'setMaxListeners', 0);
  this._maxListeners = n;
  return this;
};

prototype.getMaxListeners = function getMaxListeners() {
  return limitOf(this);
};

// An 'error' is told to those who only watch, and thrown if nobody else listens.
function failing(emitter, events, args) {
  if (events !== undefined && events[kErrorMonitor] !== undefined) emitter.emit(kErrorMonitor, ...args);
  if (events !== undefined && events.error !== undefined) return;
  const error = args[0];
  if (error instanceof Error) {
    require('internal/emitted').remember(error, emitter);
    throw error;
  }
  let text;
  try {
    text = require('internal/inspect').inspect(error);
  } catch {
    text = error;
  }
  const unhandled = new (require('internal/errors').codes.ERR_UNHANDLED_ERROR)(text);
  unhandled.context = error;
  throw unhandled;
}

// An emitter that captures rejections: a listener's promise may fail.
function watch(emitter, result, type, args) {
  try {
    const then = result.then;
    if (typeof then === 'function') {
      then.call(result, undefined, (error) => globalThis.process.nextTick(rejected, emitter, error, type, args));
    }
  } catch (error) {
    emitter.emit('error', error);
  }
}

function rejected(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') {
    emitter[kRejection](error, type, ...args);
    return;
  }
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false; // an 'error' listener that fails is not told of itself
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = before;
  }
}

prototype.emit = binding('events').emitWith(kCapture, failing, watch);

prototype.addListener = function addListener(type, listener) {
  return add(this, type, listener, false);
};
prototype.on = prototype.addListener;

prototype.prependListener = function prependListener(type, listener) {
  return add(this, type, listener, true);
};

function onceWrapper(...args) {
  if (this.fired) return undefined;
  this.fired = true;
  this.target.removeListener(this.type, this.wrapped);
  return args.length === 0 ? this.listener.call(this.target) : this.listener.apply(this.target, args);
}

function wrap(target, type, listener) {
  checkListener(listener);
  const state = { fired: false, wrapped: undefined, target, type, listener };
  const wrapped = onceWrapper.bind(state);
  wrapped.listener = listener;
  state.wrapped = wrapped;
  return wrapped;
}

prototype.once = function once(type, listener) {
  return this.on(type, wrap(this, type, listener)); // which a stream has its own of
};

prototype.prependOnceListener = function prependOnceListener(type, listener) {
  return this.prependListener(type, wrap(this, type, listener));
};

prototype.removeListener = function removeListener(type, listener) {
  checkListener(listener);
  const events = this._events;
  if (events === undefined) return this;
  const list = events[type];
  if (list === undefined) return this;
  if (list === listener || list.listener === listener) {
    this._eventsCount--;
    if (this[kShapeMode]) events[type] = undefined; // it keeps its place
    else if (this._eventsCount === 0) this._events = Object.create(null);
    else delete events[type];
    if (events.removeListener !== undefined) this.emit('removeListener', type, list.listener || listener);
    return this;
  }
  if (typeof list === 'function') return this;
  let at = list.length - 1;
  while (at >= 0 && list[at] !== listener && list[at].listener !== listener) at--;
  if (at < 0) return this;
  if (at === 0) list.shift();
  else list.splice(at, 1);
  if (list.length === 1) events[type] = list[0];
  if (events.removeListener !== undefined) this.emit('removeListener', type, listener);
  return this;
};
prototype.off = prototype.removeListener;

prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;
  this[kShapeMode] = false;
  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = Object.create(null);
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      if (--this._eventsCount === 0) this._events = Object.create(null);
      else delete events[type];
    }
    return this;
  }
  // Somebody wants to hear of each.
  if (arguments.length === 0) {
    for (const one of Reflect.ownKeys(events)) {
      if (one !== 'removeListener') this.removeAllListeners(one);
    }
    this.removeAllListeners('removeListener');
    this._events = Object.create(null);
    this._eventsCount = 0;
    return this;
  }
  const list = events[type];
  if (typeof list === 'function') {
    this.removeListener(type, list);
  } else if (list !== undefined) {
    for (let i = list.length - 1; i >= 0; i--) this.removeListener(type, list[i]);
  }
  return this;
};

function listenersOf(emitter, type) {
  const events = emitter._events;
  const list = events === undefined ? undefined : events[type];
  if (list === undefined) return [];
  return typeof list === 'function' ? [list] : list.slice();
}

prototype.listeners = function listeners(type) {
  return listenersOf(this, type).map((one) => one.listener || one);
};

prototype.rawListeners = function rawListeners(type) {
  return listenersOf(this, type);
};

function listenerCount(type, listener) {
  const events = this._events;
  const list = events === undefined ? undefined : events[type];
  if (list === undefined) return 0;
  if (typeof list === 'function') {
    return listener === undefined || listener === null || list === listener || list.listener === listener ? 1 : 0;
  }
  if (listener === undefined || listener === null) return list.length;
  let count = 0;
  for (const one of list) {
    if (one === listener || one.listener === listener) count++;
  }
  return count;
}
prototype.listenerCount = listenerCount;

prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

// Statics, in the order in which a script sees them.

EventEmitter.addAbortListener = function addAbortListener(signal, listener) {
  return require('internal/waiting').addAbortListener(signal, listener);
};

EventEmitter.once = async function once(emitter, name, options = {}) {
  return require('internal/waiting').once(emitter, name, options);
};

EventEmitter.on = function on(emitter, event, options = {}) {
  return require('internal/waiting').on(emitter, event, options);
};

EventEmitter.getEventListeners = function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listeners === 'function') return emitterOrTarget.listeners(type);
  const { listenersOfTarget } = require('internal/event_target');
  const found = listenersOfTarget(emitterOrTarget, type);
  if (found !== undefined) return found;
  throw invalid('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
};

EventEmitter.getMaxListeners = function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === 'function') return limitOf(emitterOrTarget);
  if (emitterOrTarget?.[kMaxEventTargetListeners] !== undefined) return emitterOrTarget[kMaxEventTargetListeners];
  throw invalid('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
};

EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;
EventEmitter.captureRejectionSymbol = kRejection;

Object.defineProperties(EventEmitter, {
  captureRejections: {
    enumerable: true,
    get() {
      return prototype[kCapture];
    },
    set(value) {
      require('internal/validators').validateBoolean(value, 'EventEmitter.captureRejections');
      prototype[kCapture] = value;
    },
  },
  EventEmitterAsyncResource: {
    enumerable: true,
    configurable: true,
    get() {
      const value = require('internal/emitter_resource')(EventEmitter);
      Object.defineProperty(EventEmitter, 'EventEmitterAsyncResource', {
        value, enumerable: true, writable: true, configurable: true,
      });
      return value;
    },
    set: undefined,
  },
});

EventEmitter.errorMonitor = kErrorMonitor;

Object.defineProperties(EventEmitter, {
  defaultMaxListeners: {
    enumerable: true,
    get() {
      return defaultMaxListeners;
    },
    set(n) {
      require('internal/validators').validateNumber(n, 'defaultMaxListeners', 0);
      defaultMaxListeners = n;
    },
  },
  kMaxEventTargetListeners: { value: kMaxEventTargetListeners },
  kMaxEventTargetListenersWarned: { value: kMaxEventTargetListenersWarned },
});

EventEmitter.setMaxListeners = (0, function (n = defaultMaxListeners, ...eventTargets) {
  require('internal/validators').validateNumber(n, 'setMaxListeners', 0);
  if (eventTargets.length === 0) {
    defaultMaxListeners = n;
    return;
  }
  for (const target of eventTargets) {
    if (target !== null && typeof target === 'object' && target[kMaxEventTargetListeners] !== undefined) {
      target[kMaxEventTargetListeners] = n;
      target[kMaxEventTargetListenersWarned] = false;
    } else if (typeof target?.setMaxListeners === 'function') {
      target.setMaxListeners(n);
    } else {
      throw invalid('eventTargets', ['EventEmitter', 'EventTarget'], target);
    }
  }
});

EventEmitter.init = (0, function (opts) {
  const kept = Object.hasOwn(this, '_events') && this._events !== undefined;
  if (!kept) {
    this._events = Object.create(null);
    this._eventsCount = 0;
  }
  if (!this._maxListeners) this._maxListeners = undefined;
  this[kShapeMode] = kept;
  const capture = opts && opts.captureRejections;
  if (capture) require('internal/validators').validateBoolean(capture, 'options.captureRejections');
  this[kCapture] = capture ? true : prototype[kCapture];
});

EventEmitter.listenerCount = (0, function (emitter, type) {
  return typeof emitter.listenerCount === 'function' ? emitter.listenerCount(type) : listenerCount.call(emitter, type);
});
