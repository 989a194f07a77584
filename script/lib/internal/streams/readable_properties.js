// Copyright 2026 The duplex authors. MIT license.

// What can be asked of a Readable, and the ways in and out of one that few need.

'use strict';

const { asks } = require('internal/streams/state');
const { destroyer, disposal } = require('internal/streams/destroy');
const Readable = require('internal/streams/readable');

const { prototype } = Readable;
const define = asks(prototype, '_readableState');

define('readable', (s) => s.readable !== false && !s.destroyed && !s.errorEmitted && !s.endEmitted,
  (s, value) => { s.readable = !!value; }, false);
define('readableDidRead', (s) => s.dataEmitted);
define('readableAborted', (s) => s.readable !== false && (s.destroyed || s.errored !== null) && !s.endEmitted, undefined, false);
define('readableHighWaterMark', (s) => s.highWaterMark);
define('readableBuffer', (s) => s.buffer);
define('readableFlowing', (s) => s.flowing, (s, value) => { s.flowing = value; });
define('readableLength', (s) => s.length);
define('readableObjectMode', (s) => s.objectMode, undefined, false);
define('readableEncoding', (s) => s.encoding, undefined, null);
define('readableEnded', (s) => s.endEmitted, undefined, false);

prototype.wrap = function (old) {
  require('internal/streams/wrap')(this, old);
  return this;
};

prototype.iterator = function (options) {
  if (options !== undefined) require('internal/validators').validateObject(options, 'options');
  return require('internal/streams/iterator')(this, options);
};

prototype[Symbol.asyncIterator] = function () {
  return require('internal/streams/iterator')(this);
};

prototype[Symbol.asyncDispose] = disposal((stream) => stream.readableEnded);

Readable.from = function (iterable, options) {
  return require('internal/streams/from')(Readable, iterable, options);
};

const adapters = () => require('internal/web/adapters');
Readable.fromWeb = function (stream, options) {
  return adapters().readableFromWeb(stream, options);
};
Readable.toWeb = function (stream, options) {
  return adapters().readableToWeb(stream, options);
};

Readable.wrap = function (source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
};

// The operators are made when somebody asks for the first of them.
for (const name of ['drop', 'filter', 'flatMap', 'map', 'take', 'compose', 'asIndexedPairs',
  'every', 'forEach', 'reduce', 'toArray', 'some', 'find']) {
  Object.defineProperty(prototype, name, {
    configurable: true,
    get() {
      require('internal/streams/operators');
      return this[name];
    },
    set(value) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}
