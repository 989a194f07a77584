// Copyright 2026 The duplex authors. MIT license.

// What the two sides of a stream have in common: flags, marks, options, errors.
//
// The yes-and-no fields of _readableState and _writableState are bits of one
// number, so that a hot path asks several of them at once; scripts see them by the
// accessors that flagged makes. The states are objects of Go's, see stream_state.go.

'use strict';

const { codes, define } = require('internal/errors');
const { Buffer } = require('buffer');

// Bits that mean the same on both sides. Go knows them.
const { bits } = binding('streams');
const { OBJECT, ERROR_EMITTED, AUTO_DESTROY, EMIT_CLOSE, DESTROYED, CLOSED, CLOSE_EMITTED, ERRORED, CONSTRUCTED } = bits;
Object.assign(exports, bits);

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

// flagged gives the prototype of a state the fields of bits, by name, and those that
// both sides have; utf8 is the bit of the default encoding that is one.
exports.flagged = function (prototype, bits, utf8) {
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
  accessor(
    prototype,
    'defaultEncoding',
    function () { return this.utf; },
    function (value) {
      this.utf = value;
      if (value === 'utf8' || value === 'utf-8') this.flags |= utf8;
      else this.flags &= ~utf8;
    },
  );
};

// begin gives s, the state of one side of stream, what both take from options; flags
// are those that the side has besides.
exports.begin = function (s, options, stream, isDuplex, side, flags) {
  if (typeof isDuplex !== 'boolean') isDuplex = stream instanceof require('internal/streams/duplex');
  flags |= AUTO_DESTROY | EMIT_CLOSE | CONSTRUCTED;
  s.error = null;
  s.utf = 'utf8';
  s.flags = flags;
  if (!options) {
    s.highWaterMark = bytesMark;
    return;
  }
  if (options.objectMode || (isDuplex && options[side.objectMode])) flags |= OBJECT;
  if (options.emitClose === false) flags &= ~EMIT_CLOSE;
  if (options.autoDestroy === false) flags &= ~AUTO_DESTROY;
  s.flags = flags;
  s.highWaterMark = mark(options, side.highWaterMark, isDuplex, (flags & OBJECT) !== 0);
  const { defaultEncoding } = options;
  if (defaultEncoding == null || defaultEncoding === 'utf8' || defaultEncoding === 'utf-8') return;
  if (!Buffer.isEncoding(defaultEncoding)) throw new codes.ERR_UNKNOWN_ENCODING(defaultEncoding);
  s.defaultEncoding = defaultEncoding;
};

// again makes a state that of a stream which has not begun, and has none of bits.
exports.again = function (s, bits) {
  s.flags &= ~(CLOSED | CLOSE_EMITTED | DESTROYED | ERRORED | ERROR_EMITTED | bits);
  s.flags |= CONSTRUCTED;
  s.error = null;
};

// implement gives stream what options have for its underscored methods.
exports.implement = function (stream, options, names) {
  for (let i = 0; i < names.length; i++) {
    const method = options[names[i]];
    if (typeof method === 'function') stream[`_${names[i]}`] = method;
  }
};

// Every stream has places for its usual events, which inspect shows.
exports.places = {
  readable: () => ({ close: undefined, error: undefined, data: undefined, end: undefined, readable: undefined }),
  writable: () => ({ close: undefined, error: undefined, prefinish: undefined, finish: undefined, drain: undefined }),
  both: () => ({
    close: undefined,
    error: undefined,
    prefinish: undefined,
    finish: undefined,
    drain: undefined,
    data: undefined,
    end: undefined,
    readable: undefined,
  }),
};

// asks returns a function that defines a property of a stream's prototype. It asks
// the state that stream has under field, and is missing if there is none.
exports.asks = function (prototype, field) {
  const define = (name, get, set, none) => {
    accessor(prototype, name, function () {
      const s = this[field];
      return s === undefined ? none : get(s);
    }, set && function (value) {
      if (this[field]) set(this[field], value);
    });
  };
  define('closed', (s) => (s.flags & CLOSED) !== 0, undefined, false);
  define('destroyed', (s) => (s.flags & DESTROYED) !== 0, (s, value) => { s.destroyed = value; }, false);
  define('errored', (s) => s.errored, undefined, null);
  return define;
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
function mark(options, side, isDuplex, objects) {
  const name = isDuplex ? side : 'highWaterMark'; // also if the value is the common one's
  const value = options.highWaterMark ?? (isDuplex ? options[side] : undefined);
  if (value == null) return objects ? objectsMark : bytesMark;
  if (!Number.isInteger(value) || value < 0) throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  return Math.floor(value);
}
