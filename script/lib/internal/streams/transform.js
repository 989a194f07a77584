// Copyright 2026 The duplex authors. MIT license.

// Transform: what is written comes out changed. A chunk whose result finds the
// readable side full keeps its callback until that side is read.

'use strict';

const { codes } = require('internal/errors');
const Duplex = require('internal/streams/duplex');
const { implement } = require('internal/streams/state');

const native = binding('streams');

const callback = Symbol('kCallback');
native.useTransform(callback);

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

Transform.prototype._write = native.transformWrite;
Transform.prototype._read = native.transformRead;

module.exports = Transform;
