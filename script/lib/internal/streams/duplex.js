// Copyright 2026 The duplex authors. MIT license.

// Duplex: a Readable that has Writable's methods too.

'use strict';

const Stream = require('internal/streams/legacy');
const Readable = require('internal/streams/readable');
const Writable = require('internal/streams/writable');
const { construct } = require('internal/streams/destroy');
const { accessor, implement, places } = require('internal/streams/state');

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._events ??= places.both();
  const r = new Readable.ReadableState(options, this, true);
  const w = new Writable.WritableState(options, this, true);
  this._readableState = r;
  this._writableState = w;
  this.allowHalfOpen = true;
  if (options) {
    if (options.allowHalfOpen === false) this.allowHalfOpen = false;
    if (options.readable === false) {
      r.readable = false;
      r.ended = true;
      r.endEmitted = true;
    }
    if (options.writable === false) {
      w.writable = false;
      w.ending = true;
      w.ended = true;
      w.finished = true;
    }
    implement(this, options, ['read', 'write', 'writev', 'destroy', 'final', 'construct']);
    if (options.signal) require('internal/streams/abort').addAbortSignal(options.signal, this);
  }
  Stream.call(this, options);
  if (this._construct !== undefined) {
    construct(this, () => {
      Readable.constructed(this);
      Writable.constructed(this);
    });
  }
}
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);

for (const name of ['write', 'cork', 'uncork', 'setDefaultEncoding', '_write', '_writev', 'end', 'destroy']) {
  Duplex.prototype[name] = Writable.prototype[name];
}
for (const name of ['writable', 'writableHighWaterMark', 'writableObjectMode', 'writableBuffer', 'writableLength',
  'writableFinished', 'writableCorked', 'writableEnded', 'writableNeedDrain']) {
  Object.defineProperty(Duplex.prototype, name, Object.getOwnPropertyDescriptor(Writable.prototype, name));
}

accessor(
  Duplex.prototype,
  'destroyed',
  function () {
    const { _readableState: r, _writableState: w } = this;
    return r !== undefined && w !== undefined && r.destroyed && w.destroyed;
  },
  function (value) {
    if (this._readableState && this._writableState) {
      this._readableState.destroyed = value;
      this._writableState.destroyed = value;
    }
  },
);

const adapters = () => require('internal/web/adapters');
Duplex.fromWeb = function (pair, options) {
  return adapters().duplexFromWeb(pair, options);
};
Duplex.toWeb = function (stream) {
  return adapters().duplexToWeb(stream);
};

Duplex.from = function (body) {
  return require('internal/streams/duplex_from')(body, 'body');
};

module.exports = Duplex;
Stream.Duplex = Duplex;
