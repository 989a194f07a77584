// Copyright 2026 The duplex authors. MIT license.

// Blob and File: bytes that do not change, and their type.

'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/errors');

const customInspect = Symbol.for('nodejs.util.inspect.custom');

function plainTypeError(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_ARG_TYPE';
  require('internal/errors').decorate(error, 'TypeError [ERR_INVALID_ARG_TYPE]');
  return error;
}

function received(value) {
  return require('internal/errors').received(value);
}

function dictionary(options) {
  if (options !== undefined && (options === null || (typeof options !== 'object' && typeof options !== 'function'))) {
    throw plainTypeError(`The "options" argument must be a dictionary.${received(options)}`);
  }
  return options ?? {};
}

function typeOf(type) {
  type = `${type}`;
  return /[^ -~]/.test(type) ? '' : type.toLowerCase();
}

function bytesOf(source, endings) {
  if (isBlob(source)) return contents(source);
  if (source instanceof ArrayBuffer) return Buffer.from(Buffer.from(source));
  if (ArrayBuffer.isView(source)) return Buffer.from(Buffer.from(source.buffer, source.byteOffset, source.byteLength));
  let text = `${source}`;
  if (endings === 'native') text = text.replace(/\r\n|\r|\n/g, process.platform === 'win32' ? '\r\n' : '\n');
  return Buffer.from(text);
}

// What a Blob is made of when it is a part of another.
const parts = Symbol('parts');

class Blob {
  #bytes;
  #type;

  static {
    this.is = (value) => typeof value === 'object' && value !== null && #bytes in value;
    this.contents = (blob) => blob.#bytes;
  }

  constructor(sources = [], options = {}) {
    if (sources === parts) {
      this.#bytes = options.bytes;
      this.#type = options.type;
      return;
    }
    if (sources === null || typeof sources !== 'object' || typeof sources[Symbol.iterator] !== 'function') {
      throw plainTypeError(`The "sources" argument must be a sequence.${received(sources)}`);
    }
    const { type = '', endings = 'transparent' } = dictionary(options);
    if (`${endings}` !== 'transparent' && `${endings}` !== 'native') {
      throw new codes.ERR_INVALID_ARG_VALUE('options.endings', `${endings}`);
    }
    this.#bytes = Buffer.concat(Array.from(sources, (source) => bytesOf(source, `${endings}`)));
    this.#type = typeOf(type);
  }

  get type() {
    check(this);
    return this.#type;
  }

  get size() {
    check(this);
    return this.#bytes.length;
  }

  slice(start = 0, end = undefined, contentType = '') {
    check(this);
    const bytes = this.#bytes.subarray(start, end === undefined ? this.#bytes.length : end);
    return new Blob(parts, { bytes, type: typeOf(contentType) });
  }

  async arrayBuffer() {
    check(this);
    return Buffer.allocUnsafeSlow(this.#bytes.length).fill(this.#bytes.length > 0 ? this.#bytes : 0).buffer;
  }

  stream() {
    check(this);
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const piece = new Uint8Array(bytes.subarray(at, at + 65536));
        at += piece.length;
        if (piece.length > 0) controller.enqueue(piece);
        if (at >= bytes.length) controller.close();
      },
    });
  }

  async text() {
    check(this);
    const text = Buffer.from(await this.arrayBuffer()).toString();
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  async bytes() {
    check(this);
    return new Uint8Array(this.#bytes);
  }

  [customInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/inspect');
    return `${this.constructor.name} ${inspect(this[looks](), { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

const looks = Symbol('looks');
const isBlob = Blob.is;
const contents = Blob.contents;
delete Blob.is;
delete Blob.contents;
Object.defineProperty(Blob.prototype, looks, {
  value() {
    return { size: this.size, type: this.type };
  },
});

function check(value) {
  if (!isBlob(value)) throw new codes.ERR_INVALID_THIS('Blob');
}

class File extends Blob {
  #name;
  #lastModified;

  constructor(fileBits, fileName, options = {}) {
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('fileBits', 'fileName');
    super(fileBits, options);
    const { lastModified } = options ?? {};
    this.#name = `${fileName}`;
    this.#lastModified = lastModified === undefined ? Date.now() : Math.trunc(+lastModified) || 0;
  }

  get name() {
    if (!(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#name;
  }

  get lastModified() {
    if (!(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#lastModified;
  }
}

Object.defineProperty(File.prototype, looks, {
  value() {
    return { size: this.size, type: this.type, name: this.name, lastModified: this.lastModified };
  },
});

for (const [Class, names] of [
  [Blob, ['type', 'size', 'slice', 'arrayBuffer', 'text', 'stream']],
  [File, ['name', 'lastModified']],
]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

// There are no object URLs, so none has an object.
function resolveObjectURL(url) {
  `${url}`;
  return undefined;
}

exports.Blob = Blob;
exports.File = File;
exports.resolveObjectURL = resolveObjectURL;
