// Copyright 2026 The duplex authors. MIT license.

// From a ReadableStream to a WritableStream, or to two branches.

'use strict';

const { nothing, quiet, Deferred } = require('internal/web/common');
const readable = require('internal/web/readable');
const writable = require('internal/web/writable');

const { kState } = readable;

// pipe returns a promise of the end. What ends one side ends the other, unless the
// options prevent it; chunks that were read are written before.
exports.pipe = function (source, destination, { preventClose, preventAbort, preventCancel, signal }) {
  const reader = new readable.ReadableStreamDefaultReader(source);
  const writer = new writable.WritableStreamDefaultWriter(destination);
  source[kState].disturbed = true;
  const done = new Deferred();
  let over = false;
  let written = Promise.resolve(); // the last chunk

  // shutdown ends the pipe: after what was read is written, act, then tell of error.
  function shutdown(act = nothing, failing = false, error = undefined) {
    if (over) return;
    over = true;
    const open = writable.phaseOf(destination) === 'writable' && !writable.isClosing(destination);
    (open ? settled(written) : Promise.resolve()).then(act).then(
      () => leave(failing, error),
      (fault) => leave(true, fault),
    );
  }

  function leave(failing, error) {
    writer.releaseLock();
    reader.releaseLock();
    signal?.removeEventListener('abort', abort);
    if (failing) done.reject(error);
    else done.resolve();
  }

  function abort() {
    const { reason } = signal;
    const acts = [];
    if (!preventAbort) acts.push(() => (writable.phaseOf(destination) === 'writable' ? writable.abort(destination, reason) : undefined));
    if (!preventCancel) acts.push(() => (source[kState].phase === 'readable' ? readable.cancel(source, reason) : undefined));
    shutdown(() => Promise.all(acts.map((act) => act())), true, reason);
  }

  // An end of a side ends the pipe, even one that comes while nothing moves.
  function sourceFailed(error) {
    shutdown(preventAbort ? nothing : () => writable.abort(destination, error), true, error);
  }
  function destinationFailed(error) {
    shutdown(preventCancel ? nothing : () => readable.cancel(source, error), true, error);
  }
  function sourceClosed() {
    shutdown(preventClose ? nothing : () => writable.closeWithErrors(writer));
  }

  async function pump() {
    while (!over) {
      try {
        await writer.ready;
      } catch {
        return; // destinationFailed knows
      }
      if (over) return;
      const step = new Deferred();
      readable.read(reader, {
        chunk(chunk) {
          written = quiet(writable.write(writer, chunk));
          step.resolve(true);
        },
        close: () => step.resolve(false),
        error: () => step.resolve(false),
      });
      if (!(await step.promise)) return;
    }
  }

  if (signal?.aborted) {
    abort();
    return done.promise;
  }
  signal?.addEventListener('abort', abort);
  if (source[kState].phase === 'errored') {
    sourceFailed(source[kState].error);
  } else if (['errored', 'erroring'].includes(writable.phaseOf(destination))) {
    destinationFailed(writable.errorOf(destination));
  } else if (source[kState].phase === 'closed') {
    sourceClosed();
  } else if (writable.isClosing(destination)) {
    const { invalid } = require('internal/web/common');
    destinationFailed(invalid('Destination WritableStream is closed'));
  } else {
    reader.closed.then(sourceClosed, sourceFailed);
    quiet(writer.closed.then(() => {
      if (!over) destinationFailed(require('internal/web/common').invalid('Destination WritableStream is closed'));
    }, destinationFailed));
    pump();
  }
  return done.promise;
};

const settled = (promise) => promise.then(nothing, nothing);

// tee returns two streams of what one has. A chunk is read when either asks for it.
exports.tee = function (stream) {
  const reader = new readable.ReadableStreamDefaultReader(stream);
  const stopped = new Deferred(); // when both branches were cancelled
  const branches = [{ gone: false, reason: undefined }, { gone: false, reason: undefined }];
  let reading = false;
  let again = false;

  async function pull() {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    readable.read(reader, {
      chunk(chunk) {
        queueMicrotask(() => {
          again = false;
          for (const branch of branches) if (!branch.gone) branch.controller.enqueue(chunk);
          reading = false;
          if (again) pull();
        });
      },
      close() {
        reading = false;
        for (const branch of branches) if (!branch.gone) branch.controller.close();
        if (branches.some((branch) => !branch.gone)) stopped.resolve();
      },
      error() {
        reading = false;
      },
    });
  }

  for (const branch of branches) {
    branch.stream = readable.make({
      start(controller) {
        branch.controller = controller;
      },
      pull,
      cancel(reason) {
        branch.gone = true;
        branch.reason = reason;
        if (branches.every((one) => one.gone)) stopped.resolve(readable.cancel(stream, branches.map((one) => one.reason)));
        return stopped.promise;
      },
    });
  }
  reader.closed.then(undefined, (error) => {
    for (const branch of branches) branch.controller.error(error);
    if (branches.some((branch) => !branch.gone)) stopped.resolve();
  });
  return branches.map((branch) => branch.stream);
};
