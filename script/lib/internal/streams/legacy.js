// Copyright 2026 The duplex authors. MIT license.

// The base of all streams, which is also the first of Node's kinds: an emitter of
// 'data' and 'end' that can be paused.

'use strict';

const EventEmitter = require('events');
const Listeners = require('internal/streams/listeners');

function Stream(options) {
  EventEmitter.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function (dest, options) {
  const source = this;
  let ended = false;

  function ondata(chunk) {
    if (dest.writable && dest.write(chunk) === false && source.pause) source.pause();
  }
  function ondrain() {
    if (source.readable && source.resume) source.resume();
  }
  function onend() {
    if (ended) return;
    ended = true;
    dest.end();
  }
  function onclose() {
    if (ended) return;
    ended = true;
    if (typeof dest.destroy === 'function') dest.destroy();
  }
  function onerror(error) {
    leave();
    if (EventEmitter.listenerCount(this, 'error') === 0) this.emit('error', error);
  }

  const listeners = new Listeners();
  const leave = () => listeners.leave();
  listeners.add(source, 'data', ondata);
  listeners.add(dest, 'drain', ondrain);
  if (!dest._isStdio && (!options || options.end !== false)) {
    listeners.add(source, 'end', onend);
    listeners.add(source, 'close', onclose);
  }
  listeners.add(source, 'error', onerror, 'prependListener');
  listeners.add(dest, 'error', onerror, 'prependListener');
  listeners.add(source, 'end', leave);
  listeners.add(source, 'close', leave);
  listeners.add(dest, 'close', leave);
  dest.emit('pipe', source);
  return dest;
};

// The events that every stream has a place for are no listeners' yet.
Stream.prototype.eventNames = function eventNames() {
  const { _events: events } = this;
  return Reflect.ownKeys(events ?? {}).filter((name) => events[name] !== undefined);
};

module.exports = Stream;
