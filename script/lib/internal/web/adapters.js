// Copyright 2026 The duplex authors. MIT license.

// Between the streams of Node and those of the web.

'use strict';

const { AbortError, codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { finished } = require('internal/streams/finished');
const readable = require('internal/web/readable');
const writable = require('internal/web/writable');

// ending calls f at the end of a side of a stream, with an AbortError if it closes before.
function ending(stream, side, f) {
  finished(stream, side, (error) => {
    if (error?.code === 'ERR_STREAM_PREMATURE_CLOSE') error = new AbortError(undefined, { cause: error });
    f(error);
  });
}

// failing returns an error for destroy, which none would not be.
const failing = (reason) => reason ?? new AbortError();

const plain = (chunk) => (Buffer.isBuffer(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk);

// Readable.toWeb: one flows while the other has room.
exports.readableToWeb = function (stream, options = {}) {
  if (typeof stream?._readableState !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('streamReadable', 'stream.Readable', stream);
  validateObject(options, 'options');
  const objectMode = stream.readableObjectMode;
  const highWaterMark = stream.readableHighWaterMark;
  const size = objectMode ? () => 1 : (chunk) => chunk.byteLength ?? chunk.length;
  if (stream.destroyed || !stream.readable) {
    return readable.make({
      start(controller) {
        controller.close();
      },
    });
  }
  let over = false;
  return readable.make({
    highWaterMark: objectMode ? Math.min(highWaterMark, 1) : highWaterMark,
    size,
    ...(options.strategy && sizes(options.strategy)),
    start(controller) {
      stream.pause();
      ending(stream, { writable: false }, (error) => {
        if (over) return;
        over = true;
        stream.on('error', () => {});
        if (error) controller.error(error);
        else controller.close();
      });
      stream.on('data', (chunk) => {
        if (over) return;
        controller.enqueue(objectMode ? chunk : plain(chunk));
        if (controller.desiredSize <= 0) stream.pause();
      });
    },
    async pull() {
      stream.resume();
    },
    async cancel(reason) {
      over = true;
      stream.on('error', () => {});
      stream.destroy(failing(reason));
    },
  });
};

const sizes = (strategy) => require('internal/web/common').sizesOf(strategy, 1);

// Readable.fromWeb.
exports.readableFromWeb = function (stream, options = {}) {
  if (!readable.isReadable(stream)) throw new codes.ERR_INVALID_ARG_TYPE('readableStream', 'ReadableStream', stream);
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  const { Readable } = require('stream');
  const reader = stream.getReader();
  let over = false;
  const result = new Readable({
    objectMode,
    highWaterMark,
    encoding,
    signal,
    read() {
      reader.read().then(({ value, done }) => result.push(done ? null : value), (error) => result.destroy(error));
    },
    destroy(error, callback) {
      if (over) {
        callback(error);
        return;
      }
      over = true;
      reader.cancel(error).then(() => callback(error), () => callback(error));
    },
  });
  reader.closed.then(() => { over = true; }, (error) => {
    over = true;
    result.destroy(error);
  });
  return result;
};

// Writable.toWeb.
exports.writableToWeb = function (stream) {
  if (typeof stream?._writableState !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('streamWritable', 'stream.Writable', stream);
  if (stream.destroyed || !stream.writable) {
    const closed = writable.make({});
    closed.close();
    return closed;
  }
  const objectMode = stream.writableObjectMode;
  const highWaterMark = stream.writableHighWaterMark;
  let drained; // resolves when the stream has room again
  let closing; // and when it has finished
  let over = false;
  let result;
  stream.on('drain', () => drained?.resolve());
  ending(stream, { readable: false }, (error) => {
    over = true;
    stream.on('error', () => {});
    if (error) {
      drained?.reject(error);
      closing?.reject(error);
      writable.fail(result, error);
    } else if (closing !== undefined) {
      closing.resolve();
    } else {
      writable.fail(result, new AbortError());
    }
  });
  const { Deferred } = require('internal/web/common');
  result = writable.make({
    highWaterMark: objectMode ? Math.min(highWaterMark, 1) : highWaterMark,
    size: objectMode ? () => 1 : (chunk) => chunk?.byteLength ?? chunk?.length ?? 1,
    async write(chunk) {
      if (!objectMode && chunk instanceof ArrayBuffer) chunk = new Uint8Array(chunk);
      if (!stream.write(chunk) && stream.writableNeedDrain) {
        drained = new Deferred();
        await drained.promise.finally(() => { drained = undefined; });
      }
    },
    async close() {
      if (over) return;
      closing = new Deferred();
      stream.end();
      await closing.promise;
    },
    async abort(reason) {
      stream.destroy(reason);
    },
  });
  return result;
};

// sink returns what a stream of Node's does to write into a writer.
function sink(writer) {
  return {
    write(chunk, encoding, callback) {
      if (typeof chunk === 'string' && !this.writableObjectMode) chunk = plain(Buffer.from(chunk, encoding));
      writer.ready.then(() => writer.write(chunk)).then(() => callback(), (error) => this.destroy(error));
    },
    writev(chunks, callback) {
      writer.ready.then(() => Promise.all(chunks.map(({ chunk }) => writer.write(chunk)))).then(() => callback(), (error) => this.destroy(error));
    },
    final(callback) {
      writer.close().then(() => callback(), (error) => this.destroy(error));
    },
  };
}

// Writable.fromWeb.
exports.writableFromWeb = function (stream, options = {}) {
  if (!writable.isWritable(stream)) throw new codes.ERR_INVALID_ARG_TYPE('writableStream', 'WritableStream', stream);
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  const { Writable } = require('stream');
  const writer = stream.getWriter();
  let over = false;
  const result = new Writable({
    highWaterMark,
    objectMode,
    decodeStrings,
    signal,
    ...sink(writer),
    destroy(error, callback) {
      const end = over ? Promise.resolve() : error ? writer.abort(error) : writer.close();
      over = true;
      end.then(() => callback(error), () => callback(error));
    },
  });
  writer.closed.then(() => { over = true; }, (error) => {
    over = true;
    result.destroy(error);
  });
  return result;
};

// Duplex.toWeb.
exports.duplexToWeb = function (stream) {
  if (typeof stream?._writableState !== 'object' || typeof stream._readableState !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('duplex', 'stream.Duplex', stream);
  }
  return { readable: exports.readableToWeb(stream), writable: exports.writableToWeb(stream) };
};

// Duplex.fromWeb.
exports.duplexFromWeb = function (pair, options = {}) {
  validateObject(pair, 'pair');
  if (!readable.isReadable(pair.readable)) throw new codes.ERR_INVALID_ARG_TYPE('pair.readable', 'ReadableStream', pair.readable);
  if (!writable.isWritable(pair.writable)) throw new codes.ERR_INVALID_ARG_TYPE('pair.writable', 'WritableStream', pair.writable);
  validateObject(options, 'options');
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  const { Duplex } = require('stream');
  const writer = pair.writable.getWriter();
  const reader = pair.readable.getReader();
  let written = false;
  let read = false;
  const result = new Duplex({
    allowHalfOpen,
    highWaterMark,
    objectMode,
    encoding,
    decodeStrings,
    signal,
    ...sink(writer),
    read() {
      reader.read().then(({ value, done }) => result.push(done ? null : value), (error) => result.destroy(error));
    },
    destroy(error, callback) {
      const ends = [];
      if (!written) ends.push(error ? writer.abort(error) : writer.close());
      if (!read) ends.push(reader.cancel(error));
      Promise.all(ends).then(() => callback(error), () => callback(error));
    },
  });
  writer.closed.then(() => { written = true; }, (error) => {
    written = true;
    result.destroy(error);
  });
  reader.closed.then(() => { read = true; }, (error) => {
    read = true;
    result.destroy(error);
  });
  return result;
};
