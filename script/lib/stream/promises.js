// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { validateAbortSignal, validateBoolean } = require('internal/validators');

exports.finished = function finished(stream, options) {
  const autoCleanup = options?.cleanup;
  if (autoCleanup !== undefined && autoCleanup !== null) validateBoolean(autoCleanup, 'cleanup');
  return new Promise((resolve, reject) => {
    const cleanup = require('internal/streams/finished').finished(stream, options ?? {}, (error) => {
      if (autoCleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
};

exports.pipeline = function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    const { isStream, isIterable } = require('internal/streams/state_of');
    let signal;
    let end;
    const last = streams[streams.length - 1];
    if (last && typeof last === 'object' && !isStream(last) && !isIterable(last)) {
      ({ signal, end } = streams.pop());
      validateAbortSignal(signal, 'options.signal');
    }
    require('internal/streams/pipeline').run(streams, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    }, { signal, end });
  });
};
