// Copyright 2026 The duplex authors. MIT license.

// What a Readable has of an array's methods. Those that make a stream do it by an
// async generator; the others are promises.

'use strict';

const { codes, define, AbortError } = require('internal/errors');
const { validateAbortSignal, validateInteger, validateObject } = require('internal/validators');
const { BREAK, each, generator, loop, wait } = require('internal/streams/generator');
const Readable = require('internal/streams/readable');

const NOTHING = Symbol('nothing'); // a result that goes nowhere
const END = Symbol('end');

function nop() {}

// The code is that of another message, which stays what it is.
const { ERR_MISSING_ARGS } = codes;
const EmptyReduce = define('ERR_MISSING_ARGS', TypeError, 'Reduce of an empty stream requires an initial value');
codes.ERR_MISSING_ARGS = ERR_MISSING_ARGS;

function checkFunction(f, name = 'fn') {
  if (typeof f !== 'function') throw new codes.ERR_INVALID_ARG_TYPE(name, ['Function', 'AsyncFunction'], f);
}

function checkOptions(options) {
  if (options !== undefined && options !== null) validateObject(options, 'options');
  if (options?.signal !== undefined && options?.signal !== null) validateAbortSignal(options.signal, 'options.signal');
}

// mapped yields what f makes of each chunk, in the order of the chunks, while up to
// concurrency of them are being worked on, and up to limit have not been taken.
function* mapped(stream, f, signal, concurrency, limit) {
  const queue = [];
  let wake = null; // for the reader of queue
  let resume = null; // for its writer
  let done = false;
  let working = 0;
  const failed = () => {
    done = true;
    finished();
  };
  const finished = () => {
    working--;
    resumeMaybe();
  };
  const resumeMaybe = () => {
    if (!resume || done || working >= concurrency || queue.length >= limit) return;
    const g = resume;
    resume = null;
    g();
  };

  function put(result) {
    result = Promise.resolve(result);
    working++;
    result.then(finished, failed);
    queue.push(result);
    awaken();
    if (done || (queue.length < limit && working < concurrency)) return undefined;
    return new Promise((resolve) => { resume = resolve; });
  }

  function awaken() {
    wake?.();
    wake = null;
  }

  each(stream, (chunk) => {
    if (done) return BREAK;
    if (signal.aborted) throw new AbortError();
    let result;
    try {
      result = f(chunk, { signal });
    } catch (error) {
      return put(Promise.reject(error));
    }
    return result === NOTHING ? undefined : put(result);
  }).then(() => close(END), (error) => {
    const last = Promise.reject(error);
    last.catch(nop); // its reader may be gone
    close(last);
  });

  function close(last) {
    queue.push(last);
    done = true;
    awaken();
  }

  try {
    for (;;) {
      while (queue.length > 0) {
        const value = yield wait(queue[0]);
        if (value === END) return;
        if (signal.aborted) throw new AbortError();
        if (value !== NOTHING) yield value;
        queue.shift();
        resumeMaybe();
      }
      yield wait(new Promise((resolve) => { wake = resolve; }));
    }
  } finally {
    done = true;
    if (resume) {
      resume();
      resume = null;
    }
  }
}

function map(stream, f, options) {
  checkFunction(f);
  checkOptions(options);
  let concurrency = 1;
  if (options?.concurrency !== undefined && options?.concurrency !== null) concurrency = Math.floor(options.concurrency);
  let mark = concurrency - 1;
  if (options?.highWaterMark !== undefined && options?.highWaterMark !== null) mark = Math.floor(options.highWaterMark);
  validateInteger(concurrency, 'options.concurrency', 1);
  validateInteger(mark, 'options.highWaterMark', 0);
  const signals = [options?.signal].filter(Boolean);
  const signal = signals.length > 0 ? AbortSignal.any(signals) : new AbortController().signal;
  return generator(mapped(stream, f, signal, concurrency, concurrency + mark));
}

function filter(stream, f, options) {
  checkFunction(f);
  return map(stream, async (chunk, more) => ((await f(chunk, more)) ? chunk : NOTHING), options);
}

// picked yields what pick returns for each chunk of stream as { chunk, last }; for
// NOTHING it goes on, and BREAK ends it.
function picked(stream, options, pick) {
  return generator((function* () {
    const check = () => {
      if (options?.signal?.aborted) throw new AbortError();
    };
    check();
    yield* loop(stream, function* (value) {
      check();
      const result = pick(value);
      if (result === NOTHING || result === BREAK) return result;
      yield result.chunk;
      return result.last ? BREAK : undefined;
    });
  })());
}

function count(number) {
  number = Number(number);
  if (Number.isNaN(number)) return 0;
  if (number < 0) throw new codes.ERR_OUT_OF_RANGE('number', '>= 0', number);
  return number;
}

function drop(stream, number, options) {
  checkOptions(options);
  let left = count(number);
  return picked(stream, options, (chunk) => (left-- <= 0 ? { chunk } : NOTHING));
}

function take(stream, number, options) {
  checkOptions(options);
  let left = count(number);
  return picked(stream, options, (chunk) => (left-- > 0 ? { chunk, last: left <= 0 } : BREAK));
}

function flatMap(stream, f, options) {
  const lists = map(stream, f, options);
  return generator(loop(lists, function* (list) {
    yield* loop(list, function* (item) { yield item; });
  }));
}

let warned = false;

function asIndexedPairs(stream, options) {
  if (!warned) {
    warned = true;
    process.emitWarning('readable.asIndexedPairs will be removed in a future version.', 'DeprecationWarning');
  }
  checkOptions(options);
  let index = 0;
  return picked(stream, options, (chunk) => ({ chunk: [index++, chunk] }));
}

function compose(stream, other, options) {
  checkOptions(options);
  const of = require('internal/streams/state_of');
  if (of.isStream(other) && !of.isWritable(other)) throw new codes.ERR_INVALID_ARG_VALUE('stream', other, 'must be writable');
  const composed = require('internal/streams/compose')(stream, other);
  if (options?.signal) require('internal/streams/abort').addAbortSignal(options.signal, composed);
  return composed;
}

// first returns the first result of iterator, which it then closes.
async function first(iterator) {
  const result = await iterator.next();
  if (!result.done) await iterator.return();
  return result;
}

async function some(stream, f, options) {
  return !(await first(filter(stream, f, options))).done;
}

async function every(stream, f, options) {
  checkFunction(f);
  return !(await some(stream, async (...args) => !(await f(...args)), options));
}

async function find(stream, f, options) {
  return (await first(filter(stream, f, options))).value;
}

async function forEach(stream, f, options) {
  checkFunction(f);
  const results = map(stream, async (value, more) => {
    await f(value, more);
    return NOTHING;
  }, options);
  while (!(await results.next()).done);
}

async function toArray(stream, options) {
  checkOptions(options);
  const chunks = [];
  await each(stream, (chunk) => {
    if (options?.signal?.aborted) throw new AbortError(undefined, { cause: options.signal.reason });
    chunks.push(chunk);
  });
  return chunks;
}

async function reduce(stream, reducer, initial, options, hasInitial) {
  checkFunction(reducer, 'reducer');
  checkOptions(options);
  if (options?.signal?.aborted) {
    const error = new AbortError(undefined, { cause: options.signal.reason });
    stream.once('error', nop); // the error is the promise's
    await require('stream/promises').finished(stream.destroy(error)).catch(nop);
    throw error;
  }
  const controller = new AbortController();
  const { signal } = controller;
  const outer = options?.signal;
  const abort = () => controller.abort();
  outer?.addEventListener('abort', abort, { once: true });
  let value = initial;
  let any = false;
  try {
    await each(stream, async (chunk) => {
      any = true;
      if (outer?.aborted) throw new AbortError();
      if (hasInitial) {
        value = await reducer(value, chunk, { signal });
      } else {
        value = chunk;
        hasInitial = true;
      }
    });
    if (!any && !hasInitial) throw new EmptyReduce();
  } finally {
    controller.abort();
    outer?.removeEventListener('abort', abort);
  }
  return value;
}

function method(name, value) {
  Object.defineProperty(Readable.prototype, name, { value, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(value, 'name', { value: name });
}

for (const [name, f] of Object.entries({ drop, filter, flatMap, map, take, asIndexedPairs })) {
  method(name, name === 'drop' || name === 'take' || name === 'asIndexedPairs'
    ? function (number, options) { return Readable.from(f(this, number, options)); }
    : function (fn, options) { return Readable.from(f(this, fn, options)); });
}
method('compose', function (stream, options) { return Readable.from(compose(this, stream, options)); });
for (const [name, f] of Object.entries({ every, forEach, some, find })) {
  method(name, function (fn, options) { return f(this, fn, options); });
}
method('toArray', function (options) { return toArray(this, options); });
method('reduce', function (reducer, initial, options) {
  return reduce(this, reducer, initial, options, arguments.length > 1);
});
