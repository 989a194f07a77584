// Copyright 2026 The duplex authors. MIT license.

// Buffer. What touches bytes is in Go, which also gives Buffer and its prototype
// most of their functions; here is what looks at arguments of many kinds.

'use strict';

const errors = require('internal/errors');
const { isShared } = require('internal/sharing');
const native = binding('buffer');
const { codes, define } = errors;

const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kMaxLength = 2 ** 32;
const kStringMaxLength = 2 ** 29 - 24;
let inspectMax = 50;

define('ERR_UNKNOWN_ENCODING', TypeError, (name) => require('internal/format').format('Unknown encoding: %s', name));
define('ERR_BUFFER_OUT_OF_BOUNDS', RangeError, (name) =>
  name ? `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds');
define('ERR_INVALID_BUFFER_SIZE', RangeError, (size) => `Buffer size must be a multiple of ${size}`);
define('ERR_STRING_TOO_LONG', Error, `Cannot create a string longer than 0x${kStringMaxLength.toString(16)} characters`);

// plain makes an error whose message is not that of its code elsewhere.
function plain(Base, code, message) {
  const error = new Base(message);
  error.code = code;
  errors.decorate(error, `${error.name} [${code}]`);
  return error;
}

class FastBuffer extends Uint8Array {
  constructor(bufferOrLength, byteOffset, length) {
    super(bufferOrLength, byteOffset, length);
  }
}

let warned = false;
let looks = 0; // at who calls, which cost something where a package does so all the time
function deprecated() {
  if (warned || ++looks > 10000 || require('internal/warnings').fromPackage()) return;
  warned = true;
  process.emitWarning?.('Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
    'Buffer.allocUnsafe(), or Buffer.from() methods instead.', 'DeprecationWarning', 'DEP0005', Buffer);
}

function Buffer(arg, encodingOrOffset, length) {
  deprecated();
  if (typeof arg !== 'number') return Buffer.from(arg, encodingOrOffset, length);
  if (typeof encodingOrOffset === 'string') throw new codes.ERR_INVALID_ARG_TYPE('string', 'string', arg);
  return Buffer.alloc(arg);
}

Object.defineProperty(FastBuffer.prototype, 'constructor', { value: Buffer, writable: true, enumerable: false, configurable: true });
Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const { set } = typedArray;
const kind = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag).get;
const arrayBufferSize = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;

function isArrayBuffer(value) {
  if (!(value instanceof ArrayBuffer) && !isShared(value)) return false;
  try {
    arrayBufferSize.call(value);
    return true;
  } catch {
    return false;
  }
}

function fromArrayBuffer(value, byteOffset, length) {
  byteOffset = byteOffset === undefined ? 0 : +byteOffset || 0;
  const most = value.byteLength - byteOffset;
  if (most < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length === undefined) {
    length = most;
  } else {
    length = Math.max(0, +length || 0);
    if (length > most) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  if (byteOffset < 0) throw new RangeError(`Start offset ${byteOffset} is outside the bounds of the buffer`);
  return new FastBuffer(value, byteOffset, length);
}

function fromArrayLike(value) {
  if (!(value.length > 0)) return new FastBuffer(0);
  const made = Buffer.allocUnsafe(value.length);
  set.call(made, value);
  return made;
}

function fromObject(value) {
  if (value.length !== undefined || isArrayBuffer(value.buffer)) {
    return typeof value.length === 'number' ? fromArrayLike(value) : new FastBuffer(0);
  }
  if (value.type === 'Buffer' && Array.isArray(value.data)) return fromArrayLike(value.data);
  return undefined;
}

// Buffer.from for what is neither a string nor a Uint8Array.
function from(value, encodingOrOffset, length) {
  if (typeof value === 'object' && value !== null) {
    if (isArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf && value.valueOf();
    if (primitive != null && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object')) {
      return Buffer.from(primitive, encodingOrOffset, length);
    }
    const made = fromObject(value);
    if (made) return made;
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const text = value[Symbol.toPrimitive]('string');
      if (typeof text === 'string') return Buffer.from(text, encodingOrOffset);
    }
  }
  throw new codes.ERR_INVALID_ARG_TYPE('first argument', ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
}

function copyBytesFrom(view, offset, length) {
  if (!ArrayBuffer.isView(view) || kind.call(view) === undefined) {
    throw new codes.ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  }
  if (view.length === 0) return new FastBuffer(0);
  const { validateInteger } = require('internal/validators');
  let end = view.length;
  if (offset !== undefined) {
    validateInteger(offset, 'offset', 0);
    if (offset >= view.length) return new FastBuffer(0);
  } else {
    offset = 0;
  }
  if (length !== undefined) {
    validateInteger(length, 'length', 0);
    end = offset + length;
  }
  const part = view.slice(offset, end);
  return fromArrayLike(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
}

function slice(start, end) {
  return this.subarray(start, end);
}

function inspect(depth, context) {
  let text = native.look(this, inspectMax);
  const rest = this.length - inspectMax;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  if (context) {
    const extra = Object.create(null);
    let any = false;
    for (const name of [...native.names(this), ...Object.getOwnPropertySymbols(this)]) {
      if (!context.showHidden && !Object.prototype.propertyIsEnumerable.call(this, name)) continue;
      extra[name] = this[name];
      any = true;
    }
    if (any) {
      if (this.length > 0) text += ', ';
      const list = require('internal/inspect').inspect(extra, { ...context, breakLength: Infinity, compact: true });
      text += list.slice('[Object: null prototype] { '.length, -2);
    }
  }
  let name = 'Buffer';
  try {
    if (this.constructor?.name) name = this.constructor.name;
  } catch {
    // A class's name may be a getter that throws.
  }
  return `<${name} ${text}>`;
}

native.start(Buffer, FastBuffer, plain, { from, copyBytesFrom, slice, inspect }, kind);
Buffer.prototype[customInspect] = inspect;
Buffer[Symbol('kIsEncodingSymbol')] = Buffer.isEncoding; // console.log(Buffer) shows it

Object.defineProperty(Buffer, Symbol.species, {
  configurable: true,
  enumerable: false,
  get() {
    return FastBuffer;
  },
});

function SlowBuffer(size) {
  return Buffer.allocUnsafeSlow(size);
}
SlowBuffer.prototype = Object.create(Uint8Array.prototype, {
  constructor: { value: SlowBuffer, writable: true, enumerable: false, configurable: true },
});
Object.setPrototypeOf(SlowBuffer, Uint8Array);

function bytesArgument(input) {
  if (!isArrayBuffer(input) && (!ArrayBuffer.isView(input) || kind.call(input) === undefined)) {
    throw new codes.ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
  }
  return input;
}

function transcode(source, fromEncoding, toEncoding) {
  if (!ArrayBuffer.isView(source) || kind.call(source) !== 'Uint8Array') {
    throw new codes.ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  }
  if (source.length === 0) return Buffer.alloc(0);
  const made = native.transcode(source, fromEncoding || 'utf8', toEncoding || 'utf8');
  if (typeof made !== 'string') return made;
  const error = new Error(`Unable to transcode Buffer [${made}]`);
  error.code = made;
  error.errno = made === 'U_ILLEGAL_ARGUMENT_ERROR' ? 1 : 10;
  throw error;
}

function invalidCharacter(message) {
  const { DOMException } = require('internal/dom_exception');
  return new DOMException(message, 'InvalidCharacterError');
}

function btoa(input) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('input');
  const text = native.btoa(`${input}`);
  if (text === null) throw invalidCharacter('Invalid character');
  return text;
}

function atob(input) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('input');
  const text = native.atob(`${input}`);
  if (typeof text === 'string') return text;
  throw invalidCharacter(text ? 'The string to be decoded is not correctly encoded.' : 'Invalid character');
}

module.exports = {
  Buffer,
  SlowBuffer,
  transcode,
  isUtf8: function isUtf8(input) {
    return native.isUtf8(bytesArgument(input));
  },
  isAscii: function isAscii(input) {
    return native.isAscii(bytesArgument(input));
  },
  kMaxLength,
  kStringMaxLength,
  btoa,
  atob,
};

Object.defineProperties(module.exports, {
  constants: {
    value: Object.defineProperties({}, {
      MAX_LENGTH: { value: kMaxLength, enumerable: true },
      MAX_STRING_LENGTH: { value: kStringMaxLength, enumerable: true },
    }),
    enumerable: true,
  },
  INSPECT_MAX_BYTES: {
    configurable: true,
    enumerable: true,
    get() {
      return inspectMax;
    },
    set(value) {
      require('internal/validators').validateNumber(value, 'INSPECT_MAX_BYTES', 0);
      inspectMax = value;
    },
  },
});

for (const name of ['Blob', 'resolveObjectURL', 'File']) {
  const settle = (value) =>
    Object.defineProperty(module.exports, name, { value, configurable: true, enumerable: true, writable: true });
  Object.defineProperty(module.exports, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = require('internal/blob')[name];
      settle(value);
      return value;
    },
    set: settle,
  });
}
