// Copyright 2026 The duplex authors. MIT license.

// Streams that an AbortSignal destroys.

'use strict';

const { codes, AbortError } = require('internal/errors');

function isSignal(value) {
  return value !== null && typeof value === 'object' && 'aborted' in value;
}

exports.addAbortSignal = function (signal, stream) {
  if (!isSignal(signal)) throw new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  const abort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
    return stream;
  }
  signal.addEventListener('abort', abort, { once: true });
  // A signal that lives long must not hold streams that ended.
  require('internal/streams/finished').finished(stream, () => signal.removeEventListener('abort', abort));
  return stream;
};
