// Copyright 2026 The duplex authors. MIT license.

// Readable.from: a stream of what an iterable has.

'use strict';

const { codes } = require('internal/errors');
const { Buffer } = require('buffer');

const { nextTick } = process;

module.exports = function (Readable, iterable, options) {
  if (typeof iterable === 'string' || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  let iterator;
  let isAsync = false;
  if (iterable && iterable[Symbol.asyncIterator]) {
    isAsync = true;
    iterator = iterable[Symbol.asyncIterator]();
  } else if (iterable && iterable[Symbol.iterator]) {
    iterator = iterable[Symbol.iterator]();
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE('iterable', ['Iterable'], iterable);
  }

  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let reading = false;

  readable._read = function () {
    if (reading) return;
    reading = true;
    pull();
  };

  readable._destroy = function (error, callback) {
    close(error).then(
      () => nextTick(callback, error),
      (problem) => nextTick(callback, problem || error),
    );
  };

  async function close(error) {
    const failed = error !== undefined && error !== null;
    if (failed && typeof iterator.throw === 'function') {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === 'function') {
      const { value } = await iterator.return();
      await value;
    }
  }

  async function pull() {
    for (;;) {
      try {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        const chunk = !isAsync && typeof value?.then === 'function' ? await value : value;
        if (chunk === null) {
          reading = false;
          throw new codes.ERR_STREAM_NULL_VALUES();
        }
        if (!readable.push(chunk)) {
          reading = false;
          return;
        }
      } catch (error) {
        readable.destroy(error);
        return;
      }
    }
  }
  return readable;
};
