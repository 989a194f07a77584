// Copyright 2026 The duplex authors. MIT license.

// Named channels of messages about what a program does.

'use strict';

const { codes } = require('internal/errors');
const { validateFunction } = require('internal/validators');

const channels = new Map(); // by name

// fail is for what a subscriber throws: the publisher does not hear of it.
function fail(error) {
  process.nextTick(() => { throw error; });
}

function tell(channel, message) {
  for (const subscriber of [...channel._subscribers]) {
    try {
      subscriber(message, channel.name);
    } catch (error) {
      fail(error);
    }
  }
}

class SafeMap extends Map {}

// A Channel with neither subscribers nor stores; with some it is an ActiveChannel.
class Channel {
  constructor(name) {
    this._subscribers = undefined;
    this._stores = undefined;
    this.name = name;
  }

  static [Symbol.hasInstance](value) {
    const prototype = value === null || value === undefined ? undefined : Object.getPrototypeOf(value);
    return prototype === Channel.prototype || prototype === ActiveChannel.prototype;
  }

  get hasSubscribers() {
    return false;
  }

  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    activate(this).subscribe(subscription);
  }

  unsubscribe() {
    return false;
  }

  bindStore(store, transform) {
    activate(this).bindStore(store, transform);
  }

  unbindStore() {
    return false;
  }

  publish() {}

  runStores(data, fn, thisArg, ...args) {
    return Reflect.apply(fn, thisArg, args);
  }
}

class ActiveChannel {
  get hasSubscribers() {
    return true;
  }

  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    this._subscribers = [...this._subscribers, subscription];
  }

  unsubscribe(subscription) {
    const at = this._subscribers.indexOf(subscription);
    if (at < 0) return false;
    this._subscribers = this._subscribers.filter((_, i) => i !== at);
    deactivate(this);
    return true;
  }

  bindStore(store, transform) {
    this._stores.set(store, transform);
  }

  unbindStore(store) {
    if (!this._stores.delete(store)) return false;
    deactivate(this);
    return true;
  }

  publish(data) {
    tell(this, data);
  }

  runStores(data, fn, thisArg, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, thisArg, args);
    };
    for (const [store, transform] of this._stores) {
      const inner = run;
      run = () => {
        let context = data;
        try {
          if (transform) context = transform(data);
        } catch (error) {
          fail(error);
          return inner();
        }
        return store.run(context, inner);
      };
    }
    return run();
  }
}

function activate(channel) {
  Object.setPrototypeOf(channel, ActiveChannel.prototype);
  channel._subscribers = [];
  channel._stores = new SafeMap();
  return channel;
}

function deactivate(channel) {
  if (channel._subscribers.length > 0 || channel._stores.size > 0) return;
  Object.setPrototypeOf(channel, Channel.prototype);
  channel._subscribers = channel._stores = undefined;
}

function channel(name) {
  const known = channels.get(name);
  if (known) return known;
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw new codes.ERR_INVALID_ARG_TYPE('channel', ['string', 'symbol'], name);
  }
  const made = new Channel(name);
  channels.set(name, made);
  return made;
}

require('internal/net_watch').tell = (name, message) => {
  if (hasSubscribers(name)) channels.get(name).publish(message);
};

function subscribe(name, subscription) {
  return channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
  return channels.get(name)?.hasSubscribers ?? false;
}

const traced = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

class TracingChannel {
  constructor(nameOrChannels) {
    for (const event of traced) {
      const value = typeof nameOrChannels === 'string' ? channel(`tracing:${nameOrChannels}:${event}`) : nameOrChannels[event];
      if (!(value instanceof Channel)) throw new codes.ERR_INVALID_ARG_TYPE(`nameOrChannels.${event}`, 'Channel', value);
      Object.defineProperty(this, event, { value });
    }
  }

  get hasSubscribers() {
    return traced.some((event) => this[event].hasSubscribers);
  }

  subscribe(handlers) {
    for (const event of traced) {
      if (handlers[event]) this[event].subscribe(handlers[event]);
    }
  }

  unsubscribe(handlers) {
    let done = true;
    for (const event of traced) {
      if (handlers[event] && !this[event].unsubscribe(handlers[event])) done = false;
    }
    return done;
  }

  #failed(context, error) {
    context.error = error;
    this.error.publish(context);
  }

  traceSync(fn, context = {}, thisArg = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    return this.start.runStores(context, () => {
      try {
        const result = Reflect.apply(fn, thisArg, args);
        context.result = result;
        return result;
      } catch (error) {
        this.#failed(context, error);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(fn, context = {}, thisArg = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const after = () => {
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(fn, thisArg, args)).then((result) => {
          context.result = result;
          after();
          return result;
        }, (error) => {
          this.#failed(context, error);
          after();
          return Promise.reject(error);
        });
      } catch (error) {
        this.#failed(context, error);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  traceCallback(fn, position = -1, context = {}, thisArg = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const callback = args.at(position);
    validateFunction(callback, 'callback');
    const tracing = this;
    args.splice(position, 1, function (error, result) {
      if (error) tracing.#failed(context, error);
      else context.result = result;
      const all = arguments;
      return tracing.asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, all);
        } finally {
          tracing.asyncEnd.publish(context);
        }
      });
    });
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(fn, thisArg, args);
      } catch (error) {
        this.#failed(context, error);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

function tracingChannel(nameOrChannels) {
  if (typeof nameOrChannels !== 'string' && (nameOrChannels === null || typeof nameOrChannels !== 'object')) {
    throw new codes.ERR_INVALID_ARG_TYPE('nameOrChannels', ['string', 'TracingChannel', 'Object'], nameOrChannels);
  }
  return new TracingChannel(nameOrChannels);
}

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
