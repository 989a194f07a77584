// Copyright 2026 The duplex authors. MIT license.

// Duplex.from: anything that can be read from, written to, or called, as a Duplex.

'use strict';

const { codes, AbortError } = require('internal/errors');
const { Buffer } = require('buffer');
const bridge = require('internal/streams/bridge');
const { destroyer } = require('internal/streams/destroy');
const { finished } = require('internal/streams/finished');
const { generator, wait } = require('internal/streams/generator');
const of = require('internal/streams/state_of');
const Duplex = require('internal/streams/duplex');
const Readable = require('internal/streams/readable');

const { nextTick } = process;

class Duplexify extends Duplex {} // its name is shown

module.exports = function duplexify(body, name) {
  if (of.isDuplex(body)) return body;
  if (of.hasReadable(body)) return join({ readable: body });
  if (of.hasWritable(body)) return join({ writable: body });
  if (of.isStream(body)) return join({ writable: false, readable: false });
  if (typeof body === 'function') return called(body, name);
  if (typeof body === 'string' || body instanceof Buffer || of.isIterable(body)) {
    return require('internal/streams/from')(Duplexify, body, { objectMode: true, writable: false });
  }
  if (typeof body?.writable === 'object' || typeof body?.readable === 'object') {
    const side = (value) => (value && (of.isStream(value) ? value : duplexify(value, name)));
    return join({ readable: side(body.readable), writable: side(body.writable) });
  }
  if (typeof body?.then === 'function') return promised(body);
  throw new codes.ERR_INVALID_ARG_TYPE(
    name,
    ['Blob', 'ReadableStream', 'WritableStream', 'Stream', 'Iterable', 'AsyncIterable', 'Function',
      '{ readable, writable } pair', 'Promise'],
    body,
  );
};

// promised is a Duplex that has what a promise resolves to.
function promised(promise) {
  let d;
  promise.then(
    (value) => {
      if (value !== null && value !== undefined) d.push(value);
      d.push(null);
    },
    (error) => destroyer(d, error),
  );
  return (d = new Duplexify({ objectMode: true, writable: false, read() {} }));
}

// called is a Duplex of a function that gets what is written as an async iterable,
// and returns what is to be read.
function called(f, name) {
  let request = null; // of the generator, for a chunk
  let queue = null; // a chunk, its callback, or the end
  let asked = null;
  const controller = new AbortController();
  const { signal } = controller;

  const give = (item) => {
    if (asked) {
      const resolve = asked;
      asked = null;
      resolve(item);
    } else {
      queue = item;
    }
  };
  const written = generator((function* () {
    for (;;) {
      const item = yield wait(new Promise((resolve) => {
        if (queue) {
          resolve(queue);
          queue = null;
        } else {
          asked = resolve;
        }
      }));
      if (item.done) {
        nextTick(item.callback);
        return;
      }
      nextTick(item.callback);
      if (signal.aborted) throw new AbortError(undefined, { cause: signal.reason });
      yield item.chunk;
    }
  })());
  const sides = {
    write(chunk, encoding, callback) { give({ chunk, done: false, callback }); },
    final(callback) { give({ done: true, callback }); },
    destroy(error, callback) {
      controller.abort();
      callback(error);
    },
  };

  const made = f(written, { signal });
  if (of.isIterable(made)) return require('internal/streams/from')(Duplexify, made, { objectMode: true, ...sides });
  if (typeof made?.then !== 'function') {
    throw new codes.ERR_INVALID_RETURN_VALUE('Iterable, AsyncIterable or AsyncFunction', name, made);
  }
  let d;
  request = made.then(
    (value) => {
      if (value !== null && value !== undefined) throw new codes.ERR_INVALID_RETURN_VALUE('nully', 'body', value);
    },
    (error) => destroyer(d, error),
  );
  return (d = new Duplexify({
    objectMode: true,
    readable: false,
    write: sides.write,
    final(callback) {
      sides.final(async () => {
        try {
          await request;
          nextTick(callback, null);
        } catch (error) {
          nextTick(callback, error);
        }
      });
    },
    destroy: sides.destroy,
  }));
}

// join makes one Duplex of two streams. When one of them fails, the other does.
function join({ readable, writable }) {
  const source = readable && typeof readable.read !== 'function' ? Readable.wrap(readable) : readable;
  const from = of.isReadable(source) ? source : null;
  const to = of.isWritable(writable) ? writable : null;
  const d = new Duplexify({
    readableObjectMode: !!source?.readableObjectMode,
    writableObjectMode: !!writable?.writableObjectMode,
    readable: from !== null,
    writable: to !== null,
  });
  for (const stream of new Set([to, from])) {
    if (!stream) continue;
    finished(stream, (error) => {
      if (error) destroyer(source, error);
      ended(error);
    });
  }
  const ended = bridge(d, {
    from,
    to,
    hasAll: (f) => to.on('finish', f),
    stop(error, over) {
      if (over) return;
      destroyer(writable, error);
      destroyer(source, error);
    },
  });
  return d;
}
