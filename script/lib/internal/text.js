// Copyright 2026 The duplex authors. MIT license.

// TextEncoder and TextDecoder.

'use strict';

const { codes, define } = require('internal/errors');
const native = binding('encoding');

const customInspect = Symbol.for('nodejs.util.inspect.custom');

define('ERR_ENCODING_NOT_SUPPORTED', RangeError, (label) => `The "${label}" encoding is not supported`);
define('ERR_ENCODING_INVALID_ENCODED_DATA', TypeError, (encoding) => `The encoded data was not valid for encoding ${encoding}`);

// What the Encoding Standard calls these encodings.
const labels = {
  'utf-8': 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8',
  'utf-16le': 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le',
  'utf-16be': 'unicodefffe utf-16be',
  'windows-1252': 'ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 ' +
    'iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252',
};

function encodingOf(label) {
  const wanted = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase();
  for (const name of Object.keys(labels)) {
    if (labels[name].split(' ').includes(wanted)) return name;
  }
  throw new codes.ERR_ENCODING_NOT_SUPPORTED(label);
}

function invalidInput(name, words) {
  const error = new TypeError(`The "${name}" argument must be an instance of ${words}.`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  require('internal/errors').decorate(error, 'TypeError [ERR_INVALID_ARG_TYPE]');
  return error;
}

class TextEncoder {
  #brand = true;

  static {
    this.is = (value) => typeof value === 'object' && value !== null && #brand in value;
  }

  get encoding() {
    if (!isEncoder(this)) throw new codes.ERR_INVALID_THIS('TextEncoder');
    return 'utf-8';
  }

  encode(input = '') {
    if (!isEncoder(this)) throw new codes.ERR_INVALID_THIS('TextEncoder');
    return native.encode(`${input}`);
  }

  encodeInto(src, dest) {
    if (!isEncoder(this)) throw new codes.ERR_INVALID_THIS('TextEncoder');
    if (typeof src !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('src', 'string', src);
    if (!(dest instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', dest);
    const both = native.encodeInto(src, dest);
    return { read: Math.floor(both / 2 ** 32), written: both % 2 ** 32 };
  }

  [customInspect](depth, options) {
    if (!isEncoder(this)) throw new codes.ERR_INVALID_THIS('TextEncoder');
    if (typeof depth === 'number' && depth < 0) return this;
    return require('internal/inspect').inspect({ encoding: this.encoding }, options);
  }
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #decode;

  static {
    this.is = (value) => typeof value === 'object' && value !== null && #decode in value;
  }

  constructor(encoding = 'utf-8', options = {}) {
    this.#encoding = encodingOf(`${encoding}`);
    validateOptions(options);
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
    this.#decode = native.decoder(this.#encoding, this.#fatal, this.#ignoreBOM);
  }

  get encoding() {
    if (!isDecoder(this)) throw new codes.ERR_INVALID_THIS('TextDecoder');
    return this.#encoding;
  }

  get fatal() {
    if (!isDecoder(this)) throw new codes.ERR_INVALID_THIS('TextDecoder');
    return this.#fatal;
  }

  get ignoreBOM() {
    if (!isDecoder(this)) throw new codes.ERR_INVALID_THIS('TextDecoder');
    return this.#ignoreBOM;
  }

  decode(input = undefined, options = undefined) {
    if (!isDecoder(this)) throw new codes.ERR_INVALID_THIS('TextDecoder');
    const more = Boolean(options?.stream);
    if (input !== undefined && !ArrayBuffer.isView(input) && !(input instanceof ArrayBuffer)) {
      if (this.#encoding === 'windows-1252') throw invalidInput('input', 'ArrayBuffer, SharedArrayBuffer, or ArrayBufferView');
      throw invalidInput(this.#encoding === 'utf-8' && !more ? 'list' : 'input', 'SharedArrayBuffer, ArrayBuffer or ArrayBufferView');
    }
    if (this.#encoding.startsWith('utf-16')) validateOptions(options);
    const text = this.#decode(input, more);
    if (text === null) throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding);
    return text;
  }

  [customInspect](depth, options) {
    if (!isDecoder(this)) throw new codes.ERR_INVALID_THIS('TextDecoder');
    if (typeof depth === 'number' && depth < 0) return this;
    const looks = Object.create(TextDecoder.prototype, { [customInspect]: { value: undefined } });
    for (const name of ['encoding', 'fatal', 'ignoreBOM']) {
      Object.defineProperty(looks, name, { value: this[name], enumerable: true });
    }
    return require('internal/inspect').inspect(looks, options);
  }
}

const isEncoder = TextEncoder.is;
const isDecoder = TextDecoder.is;
delete TextEncoder.is;
delete TextDecoder.is;

function validateOptions(options) {
  if (options != null && typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'object', options);
}

for (const [Class, names] of [
  [TextEncoder, ['encoding', 'encode', 'encodeInto']],
  [TextDecoder, ['decode', 'encoding', 'fatal', 'ignoreBOM']],
]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

exports.TextEncoder = TextEncoder;
exports.TextDecoder = TextDecoder;
