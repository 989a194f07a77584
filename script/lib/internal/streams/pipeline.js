// Copyright 2026 The duplex authors. MIT license.

// pipeline: streams, iterables and functions of them, one into the next; an error
// of any destroys all.

'use strict';

const { codes, define, received, AbortError } = require('internal/errors');
const { validateAbortSignal, validateFunction } = require('internal/validators');
const { combined, destroyer } = require('internal/streams/destroy');
const { finished } = require('internal/streams/finished');
const { each, generator, loop } = require('internal/streams/generator');
const of = require('internal/streams/state_of');

const { nextTick } = process;

define('ERR_INVALID_RETURN_VALUE', TypeError, (expected, name, value) =>
  `Expected ${expected} to be returned from the "${name}" function but got ${received(value).replace(' Received ', '')}.`);

const PREMATURE = 'ERR_STREAM_PREMATURE_CLOSE';

exports.pipeline = function pipeline(...streams) {
  const callback = streams.pop();
  validateFunction(callback, 'streams[stream.length - 1]');
  return run(streams, once(callback));
};

function once(f) {
  let called = false;
  return (...args) => {
    if (called) return undefined;
    called = true;
    return f(...args);
  };
}

function run(streams, callback, options) {
  if (streams.length === 1 && Array.isArray(streams[0])) [streams] = streams;
  if (streams.length < 2) throw new codes.ERR_MISSING_ARGS('streams');

  const controller = new AbortController();
  const { signal } = controller;
  const outer = options?.signal;
  validateAbortSignal(outer, 'options.signal');

  const destroys = [];
  const afterwards = []; // what gives the last stream back, unharmed
  let error;
  let value;
  let pending = 0; // parts that have not told their end

  function finish(problem) {
    settle(problem, --pending === 0);
  }

  function settle(problem, last) {
    if (problem && (!error || error.code === PREMATURE)) error = problem;
    if (!error && !last) return;
    while (destroys.length > 0) destroys.shift()(error);
    outer?.removeEventListener('abort', abort);
    controller.abort();
    if (!last) return;
    if (!error) afterwards.forEach((f) => f());
    nextTick(callback, error, value);
  }

  function abort() {
    settle(new AbortError(undefined, { cause: outer?.reason }));
  }
  outer?.addEventListener('abort', abort, { once: true });

  // watch destroys stream when the others fail before it is through.
  function watch(stream, reading, writing, isLast) {
    let through = false;
    stream.on('close', () => { through = true; });
    const cleanup = finished(stream, { readable: reading, writable: writing }, (problem) => { through = !problem; });
    destroys.push((problem) => {
      if (through) return;
      through = true;
      destroyer(stream, problem || new codes.ERR_STREAM_DESTROYED('pipe'));
    });
    if (isLast && of.isReadable(stream)) afterwards.push(cleanup);
  }

  function source(stream) {
    if (typeof stream === 'function') {
      const made = stream({ signal });
      if (!of.isIterable(made)) throw new codes.ERR_INVALID_RETURN_VALUE('Iterable, AsyncIterable or Stream', 'source', made);
      return made;
    }
    if (of.isIterable(stream) || of.hasReadable(stream)) return stream;
    return require('internal/streams/duplex').from(stream);
  }

  // step is a function in the middle or at the end.
  function step(f, i, input, end) {
    const isLast = i === streams.length - 1;
    const made = f(of.isIterable(input, true) ? input : iterable(input), { signal });
    if (!isLast) {
      if (!of.isIterable(made, true)) throw new codes.ERR_INVALID_RETURN_VALUE('AsyncIterable', `transform[${i - 1}]`, made);
      return made;
    }
    const PassThrough = require('internal/streams/passthrough');
    const out = new PassThrough({ objectMode: true });
    const then = made?.then;
    if (typeof then === 'function') {
      pending++;
      then.call(
        made,
        (result) => {
          value = result;
          if (result !== null && result !== undefined) out.write(result);
          if (end) out.end();
          nextTick(finish);
        },
        (problem) => {
          out.destroy(problem);
          nextTick(finish, problem);
        },
      );
    } else if (of.isIterable(made, true)) {
      pending++;
      pump(made, out, finish, end);
    } else {
      throw new codes.ERR_INVALID_RETURN_VALUE('AsyncIterable or Promise', 'destination', made);
    }
    watch(out, false, true, true);
    return out;
  }

  let result;
  streams.forEach((stream, i) => {
    const reading = i < streams.length - 1;
    const writing = i > 0;
    const end = reading || options?.end !== false;
    if (of.isStream(stream)) {
      if (end) watch(stream, reading, writing, !reading);
      const onerror = (problem) => {
        if (problem && problem.name !== 'AbortError' && problem.code !== PREMATURE) finish(problem);
      };
      stream.on('error', onerror);
      if (!reading && of.isReadable(stream)) afterwards.push(() => stream.removeListener('error', onerror));
    }
    if (i === 0) {
      result = source(stream);
    } else if (typeof stream === 'function') {
      result = step(stream, i, result, end);
    } else if (of.isStream(stream)) {
      if (of.hasReadable(result)) {
        pending += 2;
        const cleanup = pipe(result, stream, finish, end);
        if (!reading && of.isReadable(stream)) afterwards.push(cleanup);
      } else if (of.isIterable(result)) {
        pending++;
        pump(result, stream, finish, end);
      } else {
        const kinds = ['Stream', 'Iterable', 'AsyncIterable', 'ReadableStream', 'WritableStream', 'TransformStream'];
        throw new codes.ERR_INVALID_ARG_TYPE('val', kinds, result);
      }
      result = stream;
    } else {
      result = require('internal/streams/duplex').from(stream);
    }
  });
  if (signal.aborted || outer?.aborted) nextTick(abort);
  return result;
}
exports.run = run;

// iterable makes something of a source that a function can loop over.
function iterable(input) {
  if (of.isIterable(input)) return generator(loop(input, function* (chunk) { yield chunk; }));
  return require('internal/streams/iterator')(input);
}

// pipe connects two streams; finish is called for each.
function pipe(from, to, finish, end) {
  let ended = false;
  to.on('close', () => {
    if (!ended) finish(new codes.ERR_STREAM_PREMATURE_CLOSE());
  });
  from.pipe(to, { end: false });
  if (end) {
    const endTo = () => {
      ended = true;
      to.end();
    };
    if (of.isReadableFinished(from)) nextTick(endTo);
    else from.once('end', endTo);
  } else {
    finish();
  }
  finished(from, { readable: true, writable: false }, (problem) => {
    const r = from._readableState;
    if (problem && problem.code === PREMATURE && r && r.ended && !r.errored && !r.errorEmitted) {
      // What was read before it closed is still on its way out of the buffer.
      from.once('end', finish).once('error', finish);
    } else {
      finish(problem);
    }
  });
  return finished(to, { readable: false, writable: true }, finish);
}

// pump writes what an iterable has.
async function pump(input, to, finish, end) {
  let error;
  let wake = null;
  const resume = (problem) => {
    if (problem) error = problem;
    if (wake) {
      const f = wake;
      wake = null;
      f();
    }
  };
  const drained = () => new Promise((resolve, reject) => {
    if (error) {
      reject(error);
    } else {
      wake = () => {
        if (error) reject(error);
        else resolve();
      };
    }
  });

  to.on('drain', resume);
  const cleanup = finished(to, { readable: false }, resume);
  try {
    if (to.writableNeedDrain) await drained();
    await each(input, (chunk) => (to.write(chunk) ? undefined : drained()));
    if (end) {
      to.end();
      await drained();
    }
    finish();
  } catch (problem) {
    finish(error !== problem ? combined(error, problem) : problem);
  } finally {
    cleanup();
    to.off('drain', resume);
  }
}
