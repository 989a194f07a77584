// Copyright 2026 The duplex authors. MIT license.

// finished: told once when a stream is through, or will never be.

'use strict';

const { codes, AbortError } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateObject } = require('internal/validators');
const Listeners = require('internal/streams/listeners');
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
    listeners.add(stream.req, 'finish', onfinish);
  }

  const listeners = new Listeners();
  const listen = (event, f) => listeners.add(stream, event, f);
  if (isRequest(stream)) {
    listen('complete', onfinish);
    if (!closes) listen('abort', onclose);
    if (stream.req) onrequest();
    else listen('request', onrequest);
  } else if (writable && !w) {
    listen('end', onlegacyfinish);
    listen('close', onlegacyfinish);
  }
  if (!closes && typeof stream.aborted === 'boolean') listen('aborted', onclose);
  listen('end', onend);
  listen('finish', onfinish);
  if (options.error !== false) listen('error', tell);
  listen('close', onclose);

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
    listeners.leave();
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
