// Copyright 2026 The duplex authors. MIT license.

// What can be asked of a Writable.

'use strict';

const { asks } = require('internal/streams/state');
const { disposal } = require('internal/streams/destroy');
const Writable = require('internal/streams/writable');

const define = asks(Writable.prototype, '_writableState');

define('writable', (s) => s.writable !== false && !s.destroyed && !s.errored && !s.ending && !s.ended,
  (s, value) => { s.writable = !!value; });
define('writableFinished', (s) => s.finished, undefined, false);
define('writableObjectMode', (s) => s.objectMode, undefined, false);
define('writableBuffer', (s) => s.getBuffer());
define('writableEnded', (s) => s.ending, undefined, false);
define('writableNeedDrain', (s) => !s.destroyed && !s.ending && s.needDrain, undefined, false);
define('writableHighWaterMark', (s) => s.highWaterMark);
define('writableCorked', (s) => s.corked, undefined, 0);
define('writableLength', (s) => s.length);
define('writableAborted', (s) => s.writable !== false && (s.destroyed || s.errored !== null) && !s.finished, undefined, false);

Writable.prototype[Symbol.asyncDispose] = disposal((stream) => stream.writableFinished);

const adapters = () => require('internal/web/adapters');
Writable.fromWeb = function (stream, options) {
  return adapters().writableFromWeb(stream, options);
};
Writable.toWeb = function (stream) {
  return adapters().writableToWeb(stream);
};
