// Copyright 2026 The duplex authors. MIT license.

// The streams of the web (streams.spec.whatwg.org).

'use strict';

const { CountQueuingStrategy, ByteLengthQueuingStrategy } = require('internal/web/common');
const { ReadableStream, ReadableStreamDefaultReader, ReadableStreamDefaultController } = require('internal/web/readable');
const { ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableByteStreamController } = require('internal/web/bytes');
const { WritableStream, WritableStreamDefaultWriter, WritableStreamDefaultController } = require('internal/web/writable');
const { TransformStream, TransformStreamDefaultController } = require('internal/web/transform');
const { TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream } = require('internal/web/coding');

module.exports = {
  ReadableStream,
  ReadableStreamDefaultReader,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableByteStreamController,
  ReadableStreamDefaultController,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultWriter,
  WritableStreamDefaultController,
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  TextEncoderStream,
  TextDecoderStream,
  CompressionStream,
  DecompressionStream,
};
