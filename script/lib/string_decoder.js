// Copyright 2026 The duplex authors. MIT license.

// StringDecoder: text from bytes that come in pieces. Its state is a Buffer that Go
// reads and writes; see encoding_decoder.go.

'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const native = binding('encoding');

const kState = Symbol('kNativeDecoder');
const needs = 4;
const has = 5;
const numbers = { ascii: 0, utf8: 1, base64: 2, utf16le: 3, latin1: 4, hex: 5, base64url: 7 };
const aliases = { 'utf-8': 'utf8', 'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf-16le': 'utf16le', 'binary': 'latin1' };

function normalize(encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  if (typeof encoding === 'string') {
    const lower = encoding.toLowerCase();
    const name = Object.hasOwn(aliases, lower) ? aliases[lower] : lower;
    if (Object.hasOwn(numbers, name)) return name;
  }
  throw new codes.ERR_UNKNOWN_ENCODING(encoding);
}

function StringDecoder(encoding) {
  this.encoding = normalize(encoding);
  const state = Buffer.alloc(7);
  state[6] = numbers[this.encoding];
  this[kState] = state;
}

StringDecoder.prototype.write = function write(buf) {
  if (typeof buf === 'string') return buf;
  if (!ArrayBuffer.isView(buf)) throw new codes.ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], buf);
  const state = this[kState];
  if (state === undefined) throw new codes.ERR_INVALID_THIS('StringDecoder');
  return native.decode(state, buf);
};

StringDecoder.prototype.end = function end(buf) {
  const text = buf === undefined ? '' : this.write(buf);
  const state = this[kState];
  return state[has] > 0 ? text + native.flush(state) : text;
};

StringDecoder.prototype.text = function text(buf, offset) {
  this[kState][needs] = 0;
  this[kState][has] = 0;
  return this.write(buf.slice(offset));
};

function define(name, get) {
  Object.defineProperty(StringDecoder.prototype, name, { configurable: true, enumerable: true, get });
}

define('lastChar', function () {
  return this[kState].subarray(0, needs);
});
define('lastNeed', function () {
  return this[kState][needs];
});
define('lastTotal', function () {
  return this[kState][needs] + this[kState][has];
});

exports.StringDecoder = StringDecoder;
