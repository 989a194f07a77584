// Copyright 2026 The duplex authors. MIT license.

// Events of the web, and what aborts.

'use strict';

const { codes, define } = require('internal/errors');
const events = require('events');
const { DOMException } = require('internal/dom_exception');
const timers = binding('timers');

const kInspect = Symbol.for('nodejs.util.inspect.custom');
const kMake = Symbol('kMake'); // only who has it constructs a signal
const kTrust = Symbol('kTrust');
const { kMaxEventTargetListeners, kMaxEventTargetListenersWarned } = events;

define('ERR_EVENT_RECURSION', Error, (type) => `The event "${type}" is already being dispatched`);

function visible(prototype, ...names) {
  for (const name of names) Object.defineProperty(prototype, name, { enumerable: true });
}

function tagged(prototype, tag) {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

function checkOptions(options) {
  if (options !== null && options !== undefined && typeof options !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
}

// show is how a console shows an object of these: its name and some properties.
function show(self, properties, options) {
  const { inspect } = require('internal/inspect');
  return `${self.constructor.name} ${inspect(properties, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
}

// What of an event is its dispatcher's to change: { target, current, dispatching,
// stopped }.
let stateOf;

class Event {
  #state = { target: null, current: null, dispatching: false, stopped: false };
  #type;
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #trusted = false;
  #prevented = false;
  #propagates = true;
  #time = timers.precise();

  static {
    stateOf = (event) => (event !== null && typeof event === 'object' && #state in event ? event.#state : undefined);
  }

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    checkOptions(options);
    if (options) {
      this.#bubbles = !!options.bubbles;
      this.#cancelable = !!options.cancelable;
      this.#composed = !!options.composed;
      this.#trusted = options[kTrust] === true;
    }
    this.#type = `${type}`;
  }

  static #check(self) {
    if (self === null || typeof self !== 'object' || !(#state in self)) throw new codes.ERR_INVALID_THIS('Event');
    return self;
  }

  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    if (Event.#check(this).#state.dispatching) return;
    this.#type = `${type}`;
    this.#bubbles = !!bubbles;
    this.#cancelable = !!cancelable;
  }

  stopImmediatePropagation() {
    Event.#check(this).#propagates = false;
    this.#state.stopped = true;
  }

  preventDefault() {
    Event.#check(this).#prevented = true;
  }

  get target() { return Event.#check(this).#state.target; }
  get currentTarget() { return Event.#check(this).#state.current; }
  get srcElement() { return Event.#check(this).#state.target; }
  get type() { return Event.#check(this).#type; }
  get cancelable() { return Event.#check(this).#cancelable; }
  get defaultPrevented() { return Event.#check(this).#cancelable && this.#prevented; }
  get timeStamp() { return Event.#check(this).#time; }

  composedPath() {
    return Event.#check(this).#state.dispatching ? [this.#state.current] : [];
  }

  get returnValue() { return !Event.#check(this).#cancelable || !this.#prevented; }
  get bubbles() { return Event.#check(this).#bubbles; }
  get composed() { return Event.#check(this).#composed; }
  get eventPhase() { return Event.#check(this).#state.dispatching ? Event.AT_TARGET : Event.NONE; }
  get cancelBubble() { return !Event.#check(this).#propagates; }
  set cancelBubble(value) {
    if (value) Event.#check(this).#propagates = false;
  }

  stopPropagation() {
    Event.#check(this).#propagates = false;
  }

  get isTrusted() { return Event.#check(this).#trusted; }

  [kInspect](depth, options) {
    if (depth < 0) return this.constructor.name;
    return show(this, {
      type: this.#type, defaultPrevented: this.defaultPrevented, cancelable: this.#cancelable, timeStamp: this.#time,
    }, options);
  }
}
tagged(Event.prototype, 'Event');
visible(Event.prototype, 'initEvent', 'stopImmediatePropagation', 'preventDefault', 'target', 'currentTarget', 'srcElement',
  'type', 'cancelable', 'defaultPrevented', 'timeStamp', 'composedPath', 'returnValue', 'bubbles', 'composed', 'eventPhase',
  'cancelBubble', 'stopPropagation', 'isTrusted');
['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'].forEach((name, value) => {
  Object.defineProperty(Event, name, { value, enumerable: true });
});

class CustomEvent extends Event {
  #detail;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() {
    if (this === null || typeof this !== 'object' || !(#detail in this)) throw new codes.ERR_INVALID_THIS('CustomEvent');
    return this.#detail;
  }
}
tagged(CustomEvent.prototype, 'CustomEvent');
visible(CustomEvent.prototype, 'detail');

function fail(error) {
  process.nextTick(() => { throw error; });
}

function isListener(listener) {
  if (typeof listener === 'function' || (typeof listener === 'object' && listener !== null)) return true;
  if (listener === undefined || listener === null) return false;
  throw new codes.ERR_INVALID_ARG_TYPE('listener', 'EventListener', listener);
}

function captures(options) {
  return typeof options === 'boolean' ? options : !!options?.capture;
}

function nameOf(type) {
  if (typeof type === 'symbol') throw new codes.ERR_INVALID_ARG_VALUE('value', type);
  return `${type}`;
}

let listsOf; // of a target: Map from type to list, undefined if it is no target

// The listeners of a type are a list whose head is no listener; entries are
// { callback, capture, once, passive, next, removed, forget }. One that is added
// while an event is dispatched is called too, unless the last one has its turn
// already; one that is removed is not, and still knows its next.
class EventTarget {
  #lists = new Map();
  [kMaxEventTargetListeners] = events.defaultMaxListeners;
  [kMaxEventTargetListenersWarned] = false;

  static {
    listsOf = (target) => (target !== null && typeof target === 'object' && #lists in target ? target.#lists : undefined);
  }

  static #check(self) {
    if (self === null || typeof self !== 'object' || !(#lists in self)) throw new codes.ERR_INVALID_THIS('EventTarget');
    return self;
  }

  addEventListener(type, listener) {
    EventTarget.#check(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('type', 'listener');
    const options = arguments[2];
    if (typeof options !== 'boolean') checkOptions(options);
    const signal = options?.signal;
    if (signal !== undefined) {
      if (signal === null) throw new codes.ERR_INVALID_ARG_TYPE('options.signal', 'AbortSignal', signal);
      require('internal/validators').validateAbortSignal(signal, 'options.signal');
    }
    if (!isListener(listener)) {
      this.#warn('AddEventListenerArgumentTypeWarning', `addEventListener called with ${listener} which has no effect.`, { type });
      return;
    }
    const name = nameOf(type);
    if (signal?.aborted) return;
    const entry = {
      callback: listener, capture: captures(options), once: !!options?.once, passive: !!options?.passive,
      next: undefined, removed: false, forget: undefined,
    };
    let list = this.#lists.get(name);
    if (list === undefined) this.#lists.set(name, (list = { size: 0, next: undefined }));
    let last = list;
    while (last.next !== undefined) {
      last = last.next;
      if (last.callback === listener && last.capture === entry.capture) return;
    }
    last.next = entry;
    list.size++;
    if (signal) {
      const remove = () => this.#remove(name, entry);
      signal.addEventListener('abort', remove, { once: true });
      entry.forget = () => signal.removeEventListener('abort', remove);
    }
    const limit = this[kMaxEventTargetListeners];
    if (limit > 0 && list.size > limit && !this[kMaxEventTargetListenersWarned]) {
      this[kMaxEventTargetListenersWarned] = true;
      const { inspect } = require('internal/inspect');
      this.#warn('MaxListenersExceededWarning', `Possible EventTarget memory leak detected. ${list.size} ${name} listeners ` +
        `added to ${inspect(this, { depth: -1 })}. MaxListeners is ${limit}. Use events.setMaxListeners() to increase limit`,
        { type: name, count: list.size });
    }
  }

  #warn(name, message, facts) {
    const warning = new Error(message);
    process.emitWarning(Object.assign(warning, { name, target: this }, facts));
  }

  removeEventListener(type, listener) {
    EventTarget.#check(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('type', 'listener');
    if (!isListener(listener)) return;
    const name = nameOf(type);
    const capture = captures(arguments[2]);
    let entry = this.#lists.get(name)?.next;
    while (entry !== undefined && (entry.callback !== listener || entry.capture !== capture)) entry = entry.next;
    if (entry !== undefined) this.#remove(name, entry);
  }

  #remove(name, entry) {
    if (entry.removed) return;
    entry.removed = true;
    if (entry.forget) entry.forget();
    const list = this.#lists.get(name);
    let before = list;
    while (before.next !== entry) before = before.next;
    before.next = entry.next;
    if (--list.size === 0) this.#lists.delete(name);
  }

  dispatchEvent(event) {
    EventTarget.#check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('event');
    const state = stateOf(event);
    if (state === undefined) throw new codes.ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (state.dispatching) throw new codes.ERR_EVENT_RECURSION(event.type);
    const { type } = event;
    state.target = state.current = this;
    state.dispatching = true;
    for (let entry = this.#lists.get(type)?.next, next; entry !== undefined && !state.stopped; entry = next) {
      next = entry.next;
      if (entry.removed) continue;
      if (entry.once) this.#remove(type, entry);
      this.#call(entry.callback, event);
      // As in Node, only the first listener sees an event that is being dispatched.
      state.current = null;
      state.dispatching = false;
    }
    state.current = null;
    state.dispatching = false;
    return !event.defaultPrevented;
  }

  #call(callback, event) {
    try {
      const result = typeof callback === 'function' ? callback.call(this, event) : callback.handleEvent?.(event);
      if (result !== undefined && result !== null && typeof result.then === 'function') result.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }

  [kInspect](depth, options) {
    return depth < 0 ? this.constructor.name : show(this, {}, options);
  }
}
Object.defineProperty(EventTarget, Symbol.for('nodejs.event_target'), {
  value: true, writable: true, enumerable: true, configurable: true,
});
tagged(EventTarget.prototype, 'EventTarget');
visible(EventTarget.prototype, 'addEventListener', 'removeEventListener', 'dispatchEvent');

// listenersOfTarget is for events.getEventListeners: undefined for what is no target.
function listenersOfTarget(target, type) {
  const lists = listsOf(target);
  if (lists === undefined) return undefined;
  const found = [];
  for (let entry = lists.get(`${type}`)?.next; entry !== undefined; entry = entry.next) found.push(entry.callback);
  return found;
}

let abort; // (signal, reason) unless it is aborted already
let followed; // (signal, follower): follower aborts when signal does

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #handler = null;
  #followers; // a Set
  #sources; // the signals that this one follows; empty unless it is any's

  static {
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason;
      for (const source of signal.#sources) source.#followers?.delete(signal);
      signal.dispatchEvent(new Event('abort', { [kTrust]: true }));
      if (signal.#followers) for (const follower of signal.#followers) abort(follower, reason);
      signal.#followers = undefined;
    };
    followed = (signal, follower) => {
      const sources = signal.#sources.size > 0 ? signal.#sources : [signal];
      for (const source of sources) {
        (source.#followers ||= new Set()).add(follower);
        follower.#sources.add(source);
      }
    };
  }

  constructor(key = undefined, aborted = false, reason = undefined) {
    if (key !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    super();
    this.#aborted = aborted;
    this.#reason = reason;
    this.#sources = new Set();
  }

  static #check(self) {
    if (self === null || typeof self !== 'object' || !(#aborted in self)) throw new codes.ERR_INVALID_THIS('AbortSignal');
    return self;
  }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    return new AbortSignal(kMake, true, reason);
  }

  static timeout(delay) {
    require('internal/validators').validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(kMake);
    const handle = timers.create(() => {
      abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, signal);
    timers.hold(handle, false);
    timers.arm(handle, delay);
    return signal;
  }

  static any(signals) {
    if (signals === null || typeof signals !== 'object' || typeof signals[Symbol.iterator] !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE('signals', 'Array', signals);
    }
    const all = [...signals];
    all.forEach((signal, i) => {
      if (signal === null || typeof signal !== 'object' || !(#aborted in signal)) {
        throw new codes.ERR_INVALID_ARG_TYPE(`signals[${i}]`, 'AbortSignal', signal);
      }
    });
    const result = new AbortSignal(kMake);
    const first = all.find((signal) => signal.#aborted);
    if (first) {
      result.#aborted = true;
      result.#reason = first.#reason;
    } else {
      for (const signal of all) followed(signal, result);
    }
    return result;
  }

  get aborted() { return AbortSignal.#check(this).#aborted; }
  get reason() { return AbortSignal.#check(this).#reason; }

  throwIfAborted() {
    if (AbortSignal.#check(this).#aborted) throw this.#reason;
  }

  get onabort() { return AbortSignal.#check(this).#handler?.value ?? null; }
  set onabort(value) {
    AbortSignal.#check(this);
    if (typeof value !== 'function') {
      if (this.#handler) this.removeEventListener('abort', this.#handler.listener);
      this.#handler = value !== null && value !== undefined ? { value, listener: undefined } : null;
      return;
    }
    if (this.#handler?.listener) {
      this.#handler.value = value; // keeps its place among the listeners
      return;
    }
    const handler = { value, listener: (event) => handler.value.call(this, event) };
    this.#handler = handler;
    this.addEventListener('abort', handler.listener);
  }

  [kInspect](depth, options) {
    return depth < 0 ? `[${this.constructor.name}]` : show(this, { aborted: this.#aborted }, options);
  }
}
tagged(AbortSignal.prototype, 'AbortSignal');
visible(AbortSignal.prototype, 'aborted', 'onabort');

class AbortController {
  #signal = new AbortSignal(kMake);

  get signal() { return this.#signal; }

  abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    abort(this.#signal, reason);
  }

  [kInspect](depth, options) {
    return depth < 0 ? `${this.constructor.name} {}` : show(this, { signal: this.#signal }, options);
  }
}
tagged(AbortController.prototype, 'AbortController');
visible(AbortController.prototype, 'signal', 'abort');

module.exports = { Event, CustomEvent, EventTarget, AbortSignal, AbortController, DOMException, listenersOfTarget };
