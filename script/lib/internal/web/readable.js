// Copyright 2026 The duplex authors. MIT license.

// ReadableStream, of the Streams Standard, with its default reader and controller. What
// carries bytes is internal/web/bytes.

'use strict';

const {
  invalid, refused, wrongType, check, isObject, dictionary, sizesOf, method, nothing, quiet, failed, Deferred, Queue, finish,
} = require('internal/web/common');
const { codes } = require('internal/errors');

const kState = Symbol('state');
exports.kState = kState;
const kMake = Symbol('make'); // only who has it makes a controller

// What a stream knows: phase is 'readable', 'closed' or 'errored'; the controller has
// pull(request), cancel(reason) and release().
class State {
  phase = 'readable';
  error = undefined;
  reader = undefined;
  controller = undefined;
  disturbed = false;
}

class ReadableStream {
  [kState] = new State();

  constructor(source = {}, strategy = {}) {
    if (source === kMake) return; // its maker gives it a controller
    if (source === null) throw wrongType('source', 'Object', source);
    source = dictionary(source, 'source');
    const { type } = source;
    if (`${type}` === 'bytes') {
      const { highWaterMark } = sizesOf(strategy, 0);
      if (strategy?.size !== undefined) throw refused('strategy.size', strategy.size, RangeError);
      require('internal/web/bytes').control(this, source, highWaterMark);
      return;
    }
    if (type !== undefined) throw refused('source.type', type);
    control(this, source, sizesOf(strategy, 1));
  }

  static from(iterable) {
    return fromIterable(iterable);
  }

  get locked() {
    check(isReadable(this), 'ReadableStream');
    return this[kState].reader !== undefined;
  }

  cancel(reason = undefined) {
    if (!isReadable(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStream'));
    if (this.locked) return failed(invalid('ReadableStream is locked'));
    return cancel(this, reason);
  }

  getReader(options = {}) {
    check(isReadable(this), 'ReadableStream');
    const { mode } = dictionary(options, 'options');
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (`${mode}` !== 'byob') throw refused('options.mode', mode);
    return new (require('internal/web/bytes').ReadableStreamBYOBReader)(this);
  }

  pipeThrough(transform, options = {}) {
    check(isReadable(this), 'ReadableStream');
    const { readable, writable } = transform;
    if (!isReadable(readable)) throw wrongType('transform.readable', 'ReadableStream', readable);
    if (!isWritable(writable)) throw wrongType('transform.writable', 'WritableStream', writable);
    options = dictionary(options, 'options');
    checkSignal(options.signal);
    if (this.locked) throw invalid('The ReadableStream is locked');
    if (writable.locked) throw invalid('The WritableStream is locked');
    quiet(require('internal/web/pipe').pipe(this, writable, options));
    return readable;
  }

  pipeTo(destination, options = {}) {
    try {
      check(isReadable(this), 'ReadableStream');
      if (!isWritable(destination)) throw wrongType('transform.writable', 'WritableStream', destination);
      options = dictionary(options, 'options');
      checkSignal(options.signal);
      if (this.locked) throw invalid('The ReadableStream is locked');
      if (destination.locked) throw invalid('The WritableStream is locked');
    } catch (error) {
      return failed(error);
    }
    return require('internal/web/pipe').pipe(this, destination, options);
  }

  tee() {
    check(isReadable(this), 'ReadableStream');
    return require('internal/web/pipe').tee(this);
  }

  values(options = {}) {
    check(isReadable(this), 'ReadableStream');
    const { preventCancel = false } = dictionary(options, 'options');
    return iterate(this, Boolean(preventCancel));
  }
}
Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, {
  value: ReadableStream.prototype.values, writable: true, configurable: true,
});
Object.defineProperty(ReadableStream.from, 'length', { value: 1 });

const isReadable = (value) => isObject(value) && value[kState] instanceof State;
const isWritable = (value) => require('internal/web/writable').isWritable(value);
exports.isReadable = isReadable;

function checkSignal(signal) {
  if (signal !== undefined) require('internal/validators').validateAbortSignal(signal, 'options.signal');
}

// make returns a stream whose source is ours: start, pull and cancel answer with
// promises.
exports.make = function ({ start, pull = nothing, cancel: stop = nothing, highWaterMark = 1, size = () => 1 }) {
  const stream = new ReadableStream(kMake);
  begin(stream, new ReadableStreamDefaultController(kMake, stream), { start, pull, stop, highWaterMark, size });
  return stream;
};

// control gives a stream the controller of a script's source.
function control(stream, source, sizes) {
  const controller = new ReadableStreamDefaultController(kMake, stream);
  const pull = method(source, 'pull') ?? nothing;
  const stop = method(source, 'cancel') ?? nothing;
  const { start } = source;
  if (start !== undefined && typeof start !== 'function') throw new TypeError('Bind must be called on a function');
  begin(stream, controller, { start: start && (() => start.call(source, controller)), pull, stop, ...sizes });
}

function begin(stream, controller, { start, pull, stop, highWaterMark, size }) {
  stream[kState].controller = controller;
  Object.assign(controller[kState], { pull: () => pull(controller), stop, highWaterMark, size });
  controller[kState].begin(start?.(controller));
}

// Default controllers. This is what one knows.
class Control {
  queue = new Queue();
  started = false;
  pulling = false;
  again = false; // pull once more, when it has answered
  closing = false; // once the queue is empty

  constructor(stream) {
    this.stream = stream;
  }

  begin(started) {
    Promise.resolve(started).then(() => {
      this.started = true;
      this.more();
    }, (error) => this.fail(error));
  }

  get desired() {
    const { phase } = this.stream[kState];
    if (phase === 'errored') return null;
    return phase === 'closed' ? 0 : this.highWaterMark - this.queue.size;
  }

  get takes() {
    return !this.closing && this.stream[kState].phase === 'readable';
  }

  get hungry() {
    return this.takes && this.started && (waiting(this.stream) > 0 || this.desired > 0);
  }

  // more asks the source for more, if there is room for it.
  more() {
    if (!this.hungry) return;
    if (this.pulling) {
      this.again = true;
      return;
    }
    this.pulling = true;
    this.pull().then(() => {
      this.pulling = false;
      if (!this.again) return;
      this.again = false;
      this.more();
    }, (error) => this.fail(error));
  }

  forget() {
    this.pull = nothing;
    this.stop = nothing;
    this.size = undefined;
  }

  enqueue(chunk) {
    if (waiting(this.stream) > 0) {
      this.stream[kState].reader[kState].requests.shift().chunk(chunk);
    } else {
      try {
        this.queue.push(chunk, this.size(chunk));
      } catch (error) {
        this.fail(error);
        throw error;
      }
    }
    this.more();
  }

  close() {
    this.closing = true;
    if (this.queue.length > 0) return;
    this.forget();
    close(this.stream);
  }

  fail(error) {
    if (this.stream[kState].phase !== 'readable') return;
    this.queue.clear();
    this.forget();
    fail(this.stream, error);
  }

  // What the stream asks of its controller.

  read(request) {
    if (this.queue.length === 0) {
      this.stream[kState].reader[kState].requests.push(request);
      this.more();
      return;
    }
    const chunk = this.queue.shift();
    if (this.closing && this.queue.length === 0) {
      this.forget();
      close(this.stream);
    } else {
      this.more();
    }
    request.chunk(chunk);
  }

  cancel(reason) {
    this.queue.clear();
    const stopped = this.stop(reason);
    this.forget();
    return stopped;
  }

  release() {}
}

class ReadableStreamDefaultController {
  constructor(key, stream) {
    if (key !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = new Control(stream);
  }

  get desiredSize() {
    check(this[kState] instanceof Control, 'ReadableStreamDefaultController');
    return this[kState].desired;
  }

  close() {
    check(this[kState] instanceof Control, 'ReadableStreamDefaultController');
    if (!this[kState].takes) throw invalid('Controller is already closed');
    this[kState].close();
  }

  enqueue(chunk = undefined) {
    check(this[kState] instanceof Control, 'ReadableStreamDefaultController');
    if (!this[kState].takes) throw invalid('Controller is already closed');
    this[kState].enqueue(chunk);
  }

  error(error = undefined) {
    check(this[kState] instanceof Control, 'ReadableStreamDefaultController');
    this[kState].fail(error);
  }
}
Object.defineProperty(ReadableStreamDefaultController, 'length', { value: 0 });

// Streams.

function waiting(stream) {
  return stream[kState].reader?.[kState].requests.length ?? 0;
}

function close(stream) {
  const state = stream[kState];
  state.phase = 'closed';
  if (state.reader === undefined) return;
  const reader = state.reader[kState];
  reader.closed.resolve();
  if (!reader.byob) for (const request of reader.requests.splice(0)) request.close();
}

function fail(stream, error) {
  const state = stream[kState];
  state.phase = 'errored';
  state.error = error;
  if (state.reader === undefined) return;
  const reader = state.reader[kState];
  reader.closed.reject(error);
  for (const request of reader.requests.splice(0)) request.error(error);
}

async function cancel(stream, reason) {
  const state = stream[kState];
  state.disturbed = true;
  if (state.phase === 'closed') return;
  if (state.phase === 'errored') throw state.error;
  close(stream);
  const reader = state.reader?.[kState];
  if (reader?.byob) for (const request of reader.requests.splice(0)) request.close(undefined);
  await state.controller[kState].cancel(reason);
}

Object.assign(exports, { waiting, close, fail, cancel });

// Readers.

class ReaderState {
  requests = []; // each has chunk(value), close(value) and error(error)
  closed = new Deferred();

  constructor(stream, byob) {
    this.stream = stream;
    this.byob = byob;
  }
}

// attach makes reader the reader of a stream.
exports.attach = function (reader, stream, byob) {
  if (!isReadable(stream)) throw wrongType('stream', 'ReadableStream', stream);
  if (stream.locked) throw invalid('ReadableStream is locked');
  const state = stream[kState];
  const own = (reader[kState] = new ReaderState(stream, byob));
  quiet(own.closed.promise);
  state.reader = reader;
  if (state.phase === 'closed') own.closed.resolve();
  else if (state.phase === 'errored') own.closed.reject(state.error);
};

function detach(reader) {
  const own = reader[kState];
  if (own.stream === undefined) return;
  const state = own.stream[kState];
  const error = invalid('Reader released');
  if (!own.closed.settled) own.closed.reject(error);
  else own.closed = { promise: failed(error), settled: true };
  state.controller[kState].release();
  state.reader = undefined;
  own.stream = undefined;
  const released = invalid('Releasing reader');
  for (const request of own.requests.splice(0)) request.error(released);
}
exports.detach = detach;

// read gives the next chunk of a reader's stream to a request.
function read(reader, request) {
  const { stream } = reader[kState];
  const state = stream[kState];
  state.disturbed = true;
  if (state.phase === 'closed') request.close();
  else if (state.phase === 'errored') request.error(state.error);
  else state.controller[kState].read(request);
}
exports.read = read;

const isReader = (value) => isObject(value) && value[kState] instanceof ReaderState && !value[kState].byob;

class ReadableStreamDefaultReader {
  constructor(stream) {
    exports.attach(this, stream, false);
  }

  read() {
    if (!isReader(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    if (this[kState].stream === undefined) return failed(invalid('The reader is not attached to a stream'));
    return new Promise((resolve, reject) => {
      read(this, {
        chunk: (value) => resolve({ value, done: false }),
        close: () => resolve({ value: undefined, done: true }),
        error: reject,
      });
    });
  }

  releaseLock() {
    check(isReader(this), 'ReadableStreamDefaultReader');
    detach(this);
  }

  get closed() {
    if (!isReader(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    return this[kState].closed.promise;
  }

  cancel(reason = undefined) {
    if (!isReader(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStreamDefaultReader'));
    if (this[kState].stream === undefined) return failed(invalid('The reader is not attached to a stream'));
    return cancel(this[kState].stream, reason);
  }
}

// Iteration.

const AsyncIterator = {
  [Symbol.asyncIterator]() {
    return this;
  },
};
Object.defineProperty(AsyncIterator, Symbol.asyncIterator, { enumerable: false });

function iterate(stream, preventCancel) {
  const reader = new ReadableStreamDefaultReader(stream);
  let last; // what was asked for is answered in order
  let over = false;

  function next() {
    return new Promise((resolve, reject) => {
      if (over) {
        resolve({ value: undefined, done: true });
        return;
      }
      read(reader, {
        chunk: (value) => resolve({ value, done: false }),
        close() {
          over = true;
          detach(reader);
          resolve({ value: undefined, done: true });
        },
        error(error) {
          over = true;
          detach(reader);
          reject(error);
        },
      });
    });
  }

  async function end(value) {
    if (over) return { value, done: true };
    over = true;
    const cancelled = preventCancel ? undefined : cancel(stream, value);
    detach(reader);
    await cancelled;
    return { value, done: true };
  }

  const after = (f) => {
    last = last === undefined ? f() : last.then(f, f);
    return last;
  };
  return Object.create(AsyncIterator, {
    next: { value: () => after(next), enumerable: true, writable: true, configurable: true },
    return: { value: (value) => after(() => end(value)), enumerable: true, writable: true, configurable: true },
  });
}

function fromIterable(iterable) {
  const find = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
  if (typeof find !== 'function') throw new codes.ERR_ARG_NOT_ITERABLE(require('internal/inspect').inspect(iterable));
  const iterator = find.call(iterable);
  if (!isObject(iterator)) throw invalid('The iterator method must return an object');
  const { next } = iterator;
  const checked = (result, name) => {
    if (!isObject(result)) throw invalid(`The promise or iterator ${name} must return an object`);
    return result;
  };
  return exports.make({
    highWaterMark: 0,
    async pull(controller) {
      const { done, value } = checked(await next.call(iterator), 'next');
      if (done) controller.close();
      else controller.enqueue(await value);
    },
    async cancel(reason) {
      if (iterator.return === undefined || iterator.return === null) return;
      if (typeof iterator.return !== 'function') throw invalid('iterator.return() is not a function');
      checked(await iterator.return(reason), 'return');
    },
  });
}

finish(ReadableStream, ['locked', 'cancel', 'getReader', 'pipeThrough', 'pipeTo', 'tee', 'values'], function () {
  const { phase, reader, controller } = this[kState];
  return { locked: reader !== undefined, state: phase, supportsBYOB: controller !== undefined && !(controller[kState] instanceof Control) };
});
finish(ReadableStreamDefaultReader, ['closed', 'read', 'releaseLock', 'cancel'], function () {
  return { stream: this[kState].stream, readRequests: this[kState].requests.length, close: this[kState].closed.promise };
});
finish(ReadableStreamDefaultController, ['desiredSize', 'close', 'enqueue', 'error'], () => ({}));

Object.assign(exports, { ReadableStream, ReadableStreamDefaultReader, ReadableStreamDefaultController });
