// Copyright 2026 The duplex authors. MIT license.

// require('stream'). What only some scripts need is loaded when they ask for it.

'use strict';

const Stream = require('internal/streams/legacy');

function lazily(name, load) {
  Object.defineProperty(Stream, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = load();
      this[name] = value;
      return value;
    },
    set(value) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}

const stateOf = () => require('internal/streams/state_of');

for (const name of ['isDestroyed', 'isDisturbed', 'isErrored', 'isReadable', 'isWritable']) lazily(name, () => stateOf()[name]);
Stream.Readable = require('internal/streams/readable');
Stream.Writable = require('internal/streams/writable');
Stream.Duplex = require('internal/streams/duplex');
lazily('Transform', () => require('internal/streams/transform'));
lazily('PassThrough', () => require('internal/streams/passthrough'));
lazily('duplexPair', () => require('internal/streams/pair'));
lazily('pipeline', () => promised(require('internal/streams/pipeline').pipeline, 'pipeline'));
Stream.addAbortSignal = function addAbortSignal(signal, stream) {
  return require('internal/streams/abort').addAbortSignal(signal, stream);
};
lazily('finished', () => promised(require('internal/streams/finished').finished, 'finished'));
lazily('destroy', () => require('internal/streams/destroy').destroyer);
lazily('compose', () => require('internal/streams/compose'));
const { getDefaultHighWaterMark, setDefaultHighWaterMark } = require('internal/streams/state');
Stream.setDefaultHighWaterMark = setDefaultHighWaterMark;
Stream.getDefaultHighWaterMark = getDefaultHighWaterMark;
Object.defineProperty(Stream, 'promises', {
  configurable: true,
  enumerable: true,
  get() {
    return require('stream/promises');
  },
});
Stream.Stream = Stream;
Stream._isArrayBufferView = function isView(value) {
  return ArrayBuffer.isView(value);
};
Stream._isUint8Array = function isUint8Array(value) {
  return value instanceof Uint8Array;
};
Stream._uint8ArrayToBuffer = function _uint8ArrayToBuffer(chunk) {
  return require('buffer').Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
};

// promised lets util.promisify find the function's form in stream/promises.
function promised(f, name) {
  Object.defineProperty(f, Symbol.for('nodejs.util.promisify.custom'), {
    enumerable: true,
    get: () => require('stream/promises')[name],
  });
  return f;
}

module.exports = Stream;
