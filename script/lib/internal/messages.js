// Copyright 2026 The duplex authors. MIT license.

// Channels of messages, both of whose ends are in this one thread.

'use strict';

const { Event, EventTarget } = require('internal/event_target');
const { codes, define, decorate } = require('internal/errors');
const { structuredClone } = require('internal/clone');

const kMake = Symbol('make'); // only who has it makes a port
const kPeer = Symbol('peer');

class MessageEvent extends Event {
  #init;

  constructor(type, init = {}) {
    super(type, init);
    this.#init = { data: init?.data ?? null, origin: init?.origin ?? '', lastEventId: init?.lastEventId ?? '', source: init?.source ?? null, ports: init?.ports ?? [] };
    if (init && 'data' in init) this.#init.data = init.data;
  }

  get data() {
    return this.#init.data;
  }

  get origin() {
    return this.#init.origin;
  }

  get lastEventId() {
    return this.#init.lastEventId;
  }

  get source() {
    return this.#init.source;
  }

  get ports() {
    return this.#init.ports;
  }
}

// handler gives a class a property on… whose function listens.
function handler(Class, type, listening = () => {}) {
  const functions = new WeakMap();
  Object.defineProperty(Class.prototype, `on${type}`, {
    get() {
      return functions.get(this)?.call ?? null;
    },
    set(call) {
      const before = functions.get(this);
      if (before) this.removeEventListener(type, before.listener);
      functions.delete(this);
      if (typeof call !== 'function') return;
      const listener = (event) => call.call(this, event);
      functions.set(this, { call, listener });
      this.addEventListener(type, listener);
      listening(this);
    },
    enumerable: true,
    configurable: true,
  });
}

define('ERR_CONSTRUCT_CALL_INVALID', TypeError, 'Constructor cannot be called');
define('ERR_CONSTRUCT_CALL_REQUIRED', TypeError, 'Cannot call constructor without `new`');

class MessagePort extends EventTarget {
  #queue = [];
  #started = false;
  #closed = false;
  #alive; // a timer, while it keeps the script alive
  #due = false; // its messages are to be told in this turn's end
  #listeners = new Map(); // those that on was given, and what listens for them

  constructor(key) {
    if (key !== kMake) throw new codes.ERR_CONSTRUCT_CALL_INVALID();
    super();
  }

  postMessage(...args) {
    if (args.length === 0) {
      const error = new TypeError('Not enough arguments to MessagePort.postMessage');
      error.code = 'ERR_MISSING_ARGS';
      throw error;
    }
    const transfer = Array.isArray(args[1]) ? args[1] : args[1]?.transfer;
    const message = structuredClone(args[0], transfer === undefined ? undefined : { transfer });
    if (!this.#closed) this[kPeer].#take(message);
  }

  #take(message) {
    if (this.#closed) return;
    this.#queue.push(message);
    this.#wake();
  }

  #wake() {
    if (!this.#started || this.#due || this.#queue.length === 0) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.#tell();
    });
  }

  #tell() {
    while (this.#queue.length > 0) this.dispatchEvent(new MessageEvent('message', { data: this.#queue.shift() }));
    this.#wake();
  }

  start() {
    if (this.#closed || this.#started) return;
    this.#started = true;
    this.#wake();
  }

  ref() {
    if (!this.#closed) (this.#alive ??= setInterval(() => {}, 2 ** 30)).ref();
  }

  unref() {
    this.#alive?.unref();
  }

  hasRef() {
    return this.#alive?.hasRef() ?? false;
  }

  close(callback) {
    if (typeof callback === 'function') this.once('close', callback);
    if (this.#closed) return;
    for (const port of [this, this[kPeer]]) port.#end();
  }

  #end() {
    this.#closed = true;
    setImmediate(() => {
      clearInterval(this.#alive);
      if (this.#started) this.#tell();
      this.dispatchEvent(new Event('close'));
    });
  }

  // As an emitter.

  on(type, listener) {
    return this.#listen(type, listener, false);
  }

  once(type, listener) {
    return this.#listen(type, listener, true);
  }

  #listen(type, listener, once) {
    const told = (event) => {
      if (once) this.off(type, listener);
      listener.call(this, type === 'message' ? event.data : event);
    };
    this.#listeners.set(listener, told);
    this.addEventListener(type, told);
    if (type === 'message') {
      this.ref();
      this.start();
    }
    return this;
  }

  off(type, listener) {
    this.removeEventListener(type, this.#listeners.get(listener) ?? listener);
    this.#listeners.delete(listener);
    return this;
  }

  emit(type, value) {
    return this.dispatchEvent(type === 'message' ? new MessageEvent(type, { data: value }) : new Event(type));
  }

  // receiveMessageOnPort takes the next message without an event.
  static receive(port) {
    return port.#queue.length > 0 ? { message: port.#queue.shift() } : undefined;
  }

  static {
    this.is = (value) => typeof value === 'object' && value !== null && #queue in value;
    this.prototype.addListener = this.prototype.on;
    this.prototype.removeListener = this.prototype.off;
  }
}
const { is: isPort, receive } = MessagePort;
delete MessagePort.is;
delete MessagePort.receive;
Object.defineProperty(MessagePort, 'length', { value: 0 });
handler(MessagePort, 'message', (port) => {
  port.ref();
  port.start();
});
handler(MessagePort, 'messageerror');

function MessageChannel() {
  if (!new.target) throw new codes.ERR_CONSTRUCT_CALL_REQUIRED();
  this.port1 = new MessagePort(kMake);
  this.port2 = new MessagePort(kMake);
  for (const [one, other] of [[this.port1, this.port2], [this.port2, this.port1]]) {
    Object.defineProperty(one, kPeer, { value: other });
  }
}

function receiveMessageOnPort(port) {
  if (!isPort(port)) {
    const error = new TypeError('The "port" argument must be a MessagePort instance');
    error.code = 'ERR_INVALID_ARG_TYPE';
    decorate(error, 'TypeError [ERR_INVALID_ARG_TYPE]');
    throw error;
  }
  return receive(port);
}

const groups = new Map(); // BroadcastChannels, by name

class BroadcastChannel extends EventTarget {
  #name;
  #alive;

  constructor(name) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    super();
    this.#name = `${name}`;
    this.#alive = setInterval(() => {}, 2 ** 30);
    if (!groups.has(this.#name)) groups.set(this.#name, new Set());
    groups.get(this.#name).add(this);
  }

  get name() {
    return this.#name;
  }

  postMessage(message) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    if (this.#alive === undefined) throw new (require('internal/dom_exception').DOMException)('BroadcastChannel is closed.', 'InvalidStateError');
    for (const other of groups.get(this.#name)) {
      if (other === this) continue;
      const data = structuredClone(message);
      setImmediate(() => {
        if (other.#alive !== undefined) other.dispatchEvent(new MessageEvent('message', { data }));
      });
    }
  }

  close() {
    if (this.#alive === undefined) return;
    clearInterval(this.#alive);
    this.#alive = undefined;
    groups.get(this.#name).delete(this);
  }

  ref() {
    this.#alive?.ref();
    return this;
  }

  unref() {
    this.#alive?.unref();
    return this;
  }
}
handler(BroadcastChannel, 'message');
handler(BroadcastChannel, 'messageerror');

module.exports = { MessageEvent, MessagePort, MessageChannel, BroadcastChannel, receiveMessageOnPort };
