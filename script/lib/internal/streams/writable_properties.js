// Copyright 2026 The duplex authors. MIT license.

// What can be asked of a Writable.

'use strict';

const { AbortError } = require('internal/errors');
const { DESTROYED, ERRORED, accessor } = require('internal/streams/state');
const Writable = require('internal/streams/writable');

// define gives a prototype property name, which asks the state, and is missing if
// there is none.
function define(name, get, set, none) {
  accessor(Writable.prototype, name, function () {
    const s = this._writableState;
    return s === undefined ? none : get.call(this, s);
  }, set);
}

define('closed', (s) => s.closed, undefined, false);
define('destroyed', (s) => (s.flags & DESTROYED) !== 0, function (value) {
  if (this._writableState) this._writableState.destroyed = value;
}, false);
define('writable', (s) => s.writable !== false && !s.destroyed && !s.errored && !s.ending && !s.ended, function (value) {
  if (this._writableState) this._writableState.writable = !!value;
}, undefined);
define('writableFinished', (s) => s.finished, undefined, false);
define('writableObjectMode', (s) => s.objectMode, undefined, false);
define('writableBuffer', (s) => s.getBuffer());
define('writableEnded', (s) => s.ending, undefined, false);
define('writableNeedDrain', (s) => !s.destroyed && !s.ending && s.needDrain, undefined, false);
define('writableHighWaterMark', (s) => s.highWaterMark);
define('writableCorked', (s) => s.corked, undefined, 0);
define('writableLength', (s) => s.length);
define('errored', (s) => s.errored, undefined, null);
define('writableAborted', (s) => s.writable !== false && (s.flags & (DESTROYED | ERRORED)) !== 0 && !s.finished,
  undefined, false);

Object.defineProperty(Writable.prototype, Symbol.asyncDispose, {
  value() {
    let error;
    if (!this.destroyed) {
      error = this.writableFinished ? null : new AbortError();
      this.destroy(error);
    }
    return new Promise((resolve, reject) => {
      require('internal/streams/finished').finished(this, (problem) => {
        if (problem && problem !== error) reject(problem);
        else resolve(null);
      });
    });
  },
  writable: true,
  enumerable: true,
  configurable: true,
});
