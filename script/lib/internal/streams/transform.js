// Copyright 2026 The duplex authors. MIT license.

// Transform: what is written comes out changed. A chunk whose result finds the
// readable side full keeps its callback until that side is read.

'use strict';

const { codes } = require('internal/errors');
const Duplex = require('internal/streams/duplex');
const { implement } = require('internal/streams/state');

const { nextTick } = process;

const callback = Symbol('kCallback');

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);

  // A readable side without a buffer has the writable side's, so that the two
  // together do not hold more than was asked for.
  const mark = options ? (options.highWaterMark ?? options.readableHighWaterMark) : null;
  if (mark === 0) {
    options = {
      ...options,
      highWaterMark: null,
      readableHighWaterMark: mark,
      writableHighWaterMark: options.writableHighWaterMark || 0,
    };
  }
  Duplex.call(this, options);
  this._readableState.sync = false;
  this[callback] = null;
  if (options) implement(this, options, ['transform', 'flush']);
  this.on('prefinish', prefinish);
}
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);

function flush(stream, done) {
  if (typeof stream._flush !== 'function' || stream.destroyed) {
    stream.push(null);
    if (done) done();
    return;
  }
  stream._flush((error, chunk) => {
    if (error) {
      if (done) done(error);
      else stream.destroy(error);
      return;
    }
    if (chunk !== null && chunk !== undefined) stream.push(chunk);
    stream.push(null);
    if (done) done();
  });
}

// A subclass may have replaced _final; then the flush is still due.
function prefinish() {
  if (this._final !== final) flush(this);
}

function final(done) {
  flush(this, done);
}
Transform.prototype._final = final;

Transform.prototype._transform = function (chunk, encoding, done) {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED('_transform()');
};

Transform.prototype._write = function (chunk, encoding, done) {
  const r = this._readableState;
  const w = this._writableState;
  const { length } = r;
  this._transform(chunk, encoding, (error, result) => {
    if (error) {
      done(error);
      return;
    }
    if (result !== null && result !== undefined) this.push(result);
    if (r.ended) nextTick(done); // push(null) was called before the last chunk was through
    else if (w.ended || length === r.length || r.length < r.highWaterMark) done();
    else this[callback] = done;
  });
};

Transform.prototype._read = function () {
  const done = this[callback];
  if (!done) return;
  this[callback] = null;
  done();
};

module.exports = Transform;
