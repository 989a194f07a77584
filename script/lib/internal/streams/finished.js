// Copyright 2026 The duplex authors. MIT license.

// finished: told once when a stream is through, or will never be.

'use strict';

const { codes, AbortError } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateObject } = require('internal/validators');
const of = require('internal/streams/state_of');

const { nextTick } = process;

function nop() {}

const isRequest = (stream) => stream.setHeader && typeof stream.abort === 'function';

exports.finished = function eos(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = {};
  } else if (options == null) {
    options = {};
  } else {
    validateObject(options, 'options');
  }
  validateFunction(callback, 'callback');
  validateAbortSignal(options.signal, 'options.signal');
  if (!of.isStream(stream)) {
    throw new codes.ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }

  let told = false;
  let forget = nop; // the signal
  const tell = (error) => {
    if (told) return;
    told = true;
    forget();
    if (error === undefined) callback.call(stream);
    else callback.call(stream, error);
  };

  const readable = options.readable ?? of.hasReadable(stream);
  const writable = options.writable ?? of.hasWritable(stream);
  const r = stream._readableState;
  const w = stream._writableState;
  let closes = of.willClose(stream) && of.hasReadable(stream) === readable && of.hasWritable(stream) === writable;
  let written = of.isWritableFinished(stream, false);
  let read = of.isReadableFinished(stream, false);
  let closed = of.isClosed(stream);

  // A stream that will still emit 'close' is through only then.
  function onfinish() {
    written = true;
    if (stream.destroyed) closes = false;
    if (closes && (!stream.writable || readable)) return;
    if (!readable || read) tell();
  }
  function onend() {
    read = true;
    if (stream.destroyed) closes = false;
    if (closes && (!stream.readable || writable)) return;
    if (!writable || written) tell();
  }
  function onlegacyfinish() {
    if (!stream.writable) onfinish();
  }
  function problem() {
    const error = of.writeError(stream) || of.readError(stream);
    return error && typeof error !== 'boolean' ? error : undefined;
  }
  function onclose() {
    closed = true;
    const error = problem();
    if (error) {
      tell(error);
    } else if (readable && !read && of.hasReadable(stream, true) && !of.isReadableFinished(stream, false)) {
      tell(new codes.ERR_STREAM_PREMATURE_CLOSE());
    } else if (writable && !written && !of.isWritableFinished(stream, false)) {
      tell(new codes.ERR_STREAM_PREMATURE_CLOSE());
    } else {
      tell();
    }
  }
  function onclosed() {
    closed = true;
    tell(problem());
  }
  function onrequest() {
    stream.req.on('finish', onfinish);
  }

  if (isRequest(stream)) {
    stream.on('complete', onfinish);
    if (!closes) stream.on('abort', onclose);
    if (stream.req) onrequest();
    else stream.on('request', onrequest);
  } else if (writable && !w) {
    stream.on('end', onlegacyfinish);
    stream.on('close', onlegacyfinish);
  }
  if (!closes && typeof stream.aborted === 'boolean') stream.on('aborted', onclose);
  stream.on('end', onend);
  stream.on('finish', onfinish);
  if (options.error !== false) stream.on('error', tell);
  stream.on('close', onclose);

  if (closed) {
    nextTick(onclose);
  } else if (w?.errorEmitted || r?.errorEmitted) {
    if (!closes) nextTick(onclosed);
  } else if (!readable && (!closes || of.isReadable(stream)) && (written || of.isWritable(stream) === false) && !w?.pendingcb) {
    nextTick(onclosed);
  } else if (!writable && (!closes || of.isWritable(stream)) && (read || of.isReadable(stream) === false)) {
    nextTick(onclosed);
  } else if (r && stream.req && stream.aborted) {
    nextTick(onclosed);
  }

  const cleanup = () => {
    told = true;
    forget();
    stream.removeListener('aborted', onclose);
    stream.removeListener('complete', onfinish);
    stream.removeListener('abort', onclose);
    stream.removeListener('request', onrequest);
    if (stream.req) stream.req.removeListener('finish', onfinish);
    stream.removeListener('end', onlegacyfinish);
    stream.removeListener('close', onlegacyfinish);
    stream.removeListener('finish', onfinish);
    stream.removeListener('end', onend);
    stream.removeListener('error', tell);
    stream.removeListener('close', onclose);
  };

  const { signal } = options;
  if (signal && !closed) {
    const abort = () => {
      cleanup();
      callback.call(stream, new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) {
      nextTick(abort);
    } else {
      signal.addEventListener('abort', abort, { once: true });
      forget = () => signal.removeEventListener('abort', abort);
    }
  }
  return cleanup;
};
