// Copyright 2026 The duplex authors. MIT license.

// What the two sides of a stream have in common: flags, marks, errors.
//
// The yes-and-no fields of _readableState and _writableState are bits of one
// number, so that a hot path asks several of them at once; scripts see them by the
// accessors that flagged makes.

'use strict';

const { codes, define } = require('internal/errors');

// Bits that mean the same on both sides.
const OBJECT = (exports.OBJECT = 1 << 0);
const ERROR_EMITTED = (exports.ERROR_EMITTED = 1 << 1);
const AUTO_DESTROY = (exports.AUTO_DESTROY = 1 << 2);
const EMIT_CLOSE = (exports.EMIT_CLOSE = 1 << 3);
const DESTROYED = (exports.DESTROYED = 1 << 4);
const CLOSED = (exports.CLOSED = 1 << 5);
const CLOSE_EMITTED = (exports.CLOSE_EMITTED = 1 << 6);
const ERRORED = (exports.ERRORED = 1 << 7);
const CONSTRUCTED = (exports.CONSTRUCTED = 1 << 8);

const common = {
  objectMode: OBJECT,
  errorEmitted: ERROR_EMITTED,
  autoDestroy: AUTO_DESTROY,
  emitClose: EMIT_CLOSE,
  destroyed: DESTROYED,
  closed: CLOSED,
  closeEmitted: CLOSE_EMITTED,
  constructed: CONSTRUCTED,
};

define('ERR_MULTIPLE_CALLBACK', Error, 'Callback called multiple times');
define('ERR_STREAM_ALREADY_FINISHED', Error, (name) => `Cannot call ${name} after a stream was finished`);
define('ERR_STREAM_CANNOT_PIPE', Error, 'Cannot pipe, not readable');
define('ERR_STREAM_DESTROYED', Error, (name) => `Cannot call ${name} after a stream was destroyed`);
define('ERR_STREAM_NULL_VALUES', TypeError, 'May not write null values to stream');
define('ERR_STREAM_PREMATURE_CLOSE', Error, 'Premature close');
define('ERR_STREAM_PUSH_AFTER_EOF', Error, 'stream.push() after EOF');
define('ERR_STREAM_UNSHIFT_AFTER_END_EVENT', Error, 'stream.unshift() after end event');
define('ERR_STREAM_WRITE_AFTER_END', Error, 'write after end');

// accessor defines a property of a prototype.
function accessor(prototype, name, get, set, enumerable = false, configurable = enumerable) {
  Object.defineProperty(prototype, name, { get, set, enumerable, configurable });
}
exports.accessor = accessor;

// flagged gives prototype the fields of bits, by name, and those of every stream.
exports.flagged = function (prototype, bits) {
  const all = { ...common, ...bits };
  for (const name in all) {
    const bit = all[name];
    accessor(
      prototype,
      name,
      function () { return (this.flags & bit) !== 0; },
      function (value) {
        if (value) this.flags |= bit;
        else this.flags &= ~bit;
      },
    );
  }
  accessor(
    prototype,
    'errored',
    function () { return this.flags & ERRORED ? this.error : null; },
    function (value) {
      this.error = value;
      if (value) this.flags |= ERRORED;
      else this.flags &= ~ERRORED;
    },
  );
};

// looks lets inspect print a state as Node's are printed: fields, then what lies
// under symbols, the flags among them.
exports.looks = function (State, fields, symbols) {
  const Look = { [State.name]: class {} }[State.name];
  Object.defineProperty(State.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value() {
      const look = new Look();
      for (const name of fields) look[name] = this[name];
      if (look.onwrite) look.onwrite = Object.defineProperty(() => {}, 'name', { value: 'bound onwrite' });
      look[Symbol('kState')] = this.flags;
      for (const [name, value] of symbols(this)) look[Symbol(name)] = value;
      return look;
    },
  });
};

let bytesMark = 16 * 1024;
let objectsMark = 16;

exports.getDefaultHighWaterMark = function getDefaultHighWaterMark(objectMode) {
  return objectMode ? objectsMark : bytesMark;
};

exports.setDefaultHighWaterMark = function setDefaultHighWaterMark(objectMode, value) {
  require('internal/validators').validateInteger(value, 'value', 0);
  if (objectMode) objectsMark = value;
  else bytesMark = value;
};

// mark returns the high-water mark that options ask for, where side is the name of
// a Duplex's own option.
exports.mark = function (options, side, duplex, objects) {
  const name = duplex ? side : 'highWaterMark'; // also if the value is the common one's
  const value = options.highWaterMark ?? (duplex ? options[side] : undefined);
  if (value == null) return objects ? objectsMark : bytesMark;
  if (!Number.isInteger(value) || value < 0) throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  return Math.floor(value);
};
