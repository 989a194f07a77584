// Copyright 2026 The duplex authors. MIT license.

// Domains: what fails while one is entered, now or later, is told to it. Which one that
// is goes with the context, as an AsyncLocalStorage's store does.

'use strict';

const EventEmitter = require('events');
const { ids } = require('internal/async_ids');
const { validateFunction } = require('internal/validators');

const key = Symbol('domain');
const stack = []; // of those that are entered in this turn

ids.track();

const active = () => (ids.context?.has(key) ? ids.context.get(key) : outermost);
let outermost = null; // undefined, once one was entered

function activate(domain) {
  ids.context = new Map(ids.context).set(key, domain);
}

// mark adds to an error what a domain knows of it.
function mark(error, properties) {
  if (error === null || (typeof error !== 'object' && typeof error !== 'function')) return;
  for (const name of Object.keys(properties)) {
    Object.defineProperty(error, name, { value: properties[name], writable: true, configurable: true });
  }
}

// within calls f while domain is entered, and remembers where that has failed.
function within(domain, f) {
  domain.enter();
  try {
    return f();
  } catch (error) {
    if (ids.failing?.error !== error) ids.failing = { error, context: ids.context };
    throw error;
  } finally {
    domain.exit();
  }
}

class Domain extends EventEmitter {
  constructor() {
    super();
    this.members = [];
  }

  enter() {
    stack.push(active() ?? undefined);
    outermost = undefined;
    activate(this);
  }

  exit() {
    if (active() === this) activate(stack.pop());
  }

  add(emitter) {
    if (emitter.domain === this) return;
    emitter.domain?.remove(emitter);
    Object.defineProperty(emitter, 'domain', { value: this, writable: true, configurable: true });
    this.members.push(emitter);
  }

  remove(emitter) {
    const at = this.members.indexOf(emitter);
    if (at < 0) return;
    emitter.domain = null;
    this.members.splice(at, 1);
  }

  run(f, ...args) {
    return within(this, () => f.apply(this, args));
  }

  bind(f) {
    validateFunction(f, 'callback');
    const self = this;
    const bound = function (...args) {
      return within(self, () => f.apply(this, args));
    };
    Object.defineProperty(bound, 'domain', { value: this, configurable: true, writable: true });
    return bound;
  }

  intercept(f) {
    const bound = this.bind(f);
    const self = this;
    return function (error, ...args) {
      if (!(error instanceof Error)) return bound.apply(this, args);
      mark(error, { domainBound: f, domainThrown: false, domain: self });
      self.emit('error', error);
    };
  }
}
Domain.prototype.members = undefined;

// uncaught tells the domain that is active of an error, and reports whether there was
// one that listens.
function uncaught(error) {
  if (ids.failing?.error === error) ids.context = ids.failing.context;
  ids.failing = undefined;
  const domain = active();
  stack.length = 0;
  if (!domain) return false;
  activate(undefined);
  if (domain.listenerCount('error') === 0) return false;
  mark(error, { domain, domainThrown: true });
  domain.emit('error', error);
  return true;
}
Object.defineProperty(process, Symbol.for('duplex.domain'), { value: uncaught });

// An emitter belongs to the domain in which it was made; its own errors are told there
// if nobody else listens.
const { init } = EventEmitter;
EventEmitter.usingDomains = true;
EventEmitter.init = function (options) {
  const domain = active();
  if (domain && !(this instanceof Domain)) Object.defineProperty(this, 'domain', { value: domain, writable: true, configurable: true });
  return init.call(this, options);
};

const { emit } = EventEmitter.prototype;
EventEmitter.prototype.emit = function (name, ...args) {
  const { domain } = this;
  if (!(domain instanceof Domain) || this === process) return emit.call(this, name, ...args);
  if (name === 'error' && this.listenerCount('error') === 0) {
    const error = args[0] ?? new Error('Unhandled error.');
    mark(error, { domainEmitter: this, domain, domainThrown: false });
    domain.emit('error', error);
    return false;
  }
  return within(domain, () => emit.call(this, name, ...args));
};

Object.defineProperty(process, 'domain', { get: active, set: activate, enumerable: true, configurable: true });

function createDomain() {
  return new Domain();
}

module.exports = { _stack: stack, Domain, createDomain, create: createDomain };
Object.defineProperty(module.exports, 'active', { get: active, set: activate, enumerable: true });
