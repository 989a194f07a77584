// Copyright 2026 The duplex authors. MIT license.

// What kind of object something is, whatever its prototype says.

'use strict';

const native = binding('inspect');

const { isShared } = require('internal/sharing');

const { kind } = native;
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function define(name, test) {
  Object.defineProperty(test, 'name', { value: name, configurable: true });
  exports[name] = test;
}

function kinds(...pairs) {
  for (const [name, ...wanted] of pairs) {
    if (wanted.length === 1) {
      const [one] = wanted;
      define(name, (value) => kind(value) === one);
    } else {
      define(name, (value) => wanted.includes(kind(value)));
    }
  }
}

define('isExternal', () => false);
kinds(
  ['isDate', 'Date'],
  ['isArgumentsObject', 'Arguments'],
  ['isBigIntObject', 'BigInt'],
  ['isBooleanObject', 'Boolean'],
  ['isNumberObject', 'Number'],
  ['isStringObject', 'String'],
  ['isSymbolObject', 'Symbol'],
  ['isNativeError', 'Error'],
  ['isRegExp', 'RegExp'],
  ['isAsyncFunction', 'AsyncFunction', 'AsyncGeneratorFunction'],
  ['isGeneratorFunction', 'GeneratorFunction', 'AsyncGeneratorFunction'],
  ['isGeneratorObject', 'Generator'],
  ['isPromise', 'Promise'],
  ['isMap', 'Map'],
  ['isSet', 'Set'],
  ['isMapIterator', 'Map Iterator'],
  ['isSetIterator', 'Set Iterator'],
  ['isWeakMap', 'WeakMap'],
  ['isWeakSet', 'WeakSet'],
  ['isArrayBuffer', 'ArrayBuffer'],
  ['isDataView', 'DataView'],
);
define('isSharedArrayBuffer', (value) => isShared(value));
const { isArrayBuffer } = exports;
define('isArrayBuffer', (value) => isArrayBuffer(value) && !isShared(value));
kinds(['isProxy', 'Proxy']);

// A namespace as the loader makes it out of an ES module.
define('isModuleNamespaceObject', (value) => {
  if (typeof value !== 'object' || value === null || kind(value) === 'Proxy' || Object.getPrototypeOf(value) !== null) return false;
  const tag = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
  return tag !== undefined && tag.value === 'Module' && !tag.enumerable && !tag.configurable;
});
kinds(
  ['isAnyArrayBuffer', 'ArrayBuffer'],
  ['isBoxedPrimitive', 'Number', 'String', 'Boolean', 'Symbol', 'BigInt'],
);
define('isArrayBufferView', (value) => ArrayBuffer.isView(value));
define('isTypedArray', (value) => typedArrayName.call(value) !== undefined);
for (const name of ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array', 'Int32Array',
  'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
  define(`is${name}`, (value) => typedArrayName.call(value) === name);
}
define('isKeyObject', (value) => require('internal/crypto/keys').isKeyObject(value));
define('isCryptoKey', (value) => require('internal/crypto/keys').isCryptoKey(value));
