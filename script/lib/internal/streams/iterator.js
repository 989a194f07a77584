// Copyright 2026 The duplex authors. MIT license.

// A Readable as an async iterator: what is read, until its end, its error, or the
// end of the loop, which destroys it.

'use strict';

const { combined, destroyer } = require('internal/streams/destroy');
const { finished } = require('internal/streams/finished');
const { generator, wait } = require('internal/streams/generator');

function nop() {}

function* chunks(stream, options) {
  let wake = nop;
  stream.on('readable', onreadable);

  function onreadable() {
    const f = wake;
    wake = nop;
    f();
  }

  let error; // null once the end has come
  const cleanup = finished(stream, { writable: false }, (problem) => {
    error = problem ? combined(error, problem) : null;
    onreadable();
  });
  try {
    for (;;) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) {
        yield chunk;
      } else if (error) {
        throw error;
      } else if (error === null) {
        return;
      } else {
        yield wait(new Promise((resolve) => { wake = resolve; }));
      }
    }
  } catch (problem) {
    error = combined(error, problem);
    throw error;
  } finally {
    if ((error || options?.destroyOnReturn !== false) && (error === undefined || stream._readableState.autoDestroy)) {
      destroyer(stream, null);
    } else {
      stream.off('readable', onreadable);
      cleanup();
    }
  }
}

module.exports = function (stream, options) {
  if (typeof stream.read !== 'function') stream = require('internal/streams/readable').wrap(stream, { objectMode: true });
  const iterator = generator(chunks(stream, options));
  iterator.stream = stream;
  return iterator;
};
