// Copyright 2026 The duplex authors. MIT license.

// WritableStream, of the Streams Standard, with its writer and controller.

'use strict';

const {
  invalid, refused, wrongType, check, isObject, dictionary, sizesOf, method, nothing, quiet, failed, Deferred, Queue, finish,
} = require('internal/web/common');
const { codes } = require('internal/errors');

const kState = Symbol('state');
const kMake = Symbol('make'); // only who has it makes a controller
const kClose = Symbol('close'); // stands in the queue for the end

// What a stream knows: phase is 'writable', 'erroring' (until the write under way has
// answered), 'errored' or 'closed'.
class State {
  phase = 'writable';
  error = undefined;
  writer = undefined;
  control = undefined;
  requests = []; // Deferreds of chunks in the queue
  writing = undefined; // the one that the sink has
  closeRequest = undefined;
  closing = undefined; // the same, when the sink has it
  aborting = undefined; // { done, reason, late }
  backpressure = false;

  get ends() {
    return this.closeRequest !== undefined || this.closing !== undefined;
  }
}

class WritableStream {
  [kState] = new State();

  constructor(sink = {}, strategy = {}) {
    if (sink === kMake) return; // its maker gives it a sink
    sink = dictionary(sink, 'sink');
    if (sink.type !== undefined) throw refused('type', sink.type, RangeError);
    const sizes = sizesOf(strategy, 1);
    const controller = new WritableStreamDefaultController(kMake, this);
    const { start } = sink;
    if (start !== undefined && typeof start !== 'function') throw new TypeError('Bind must be called on a function');
    begin(this, controller, {
      write: method(sink, 'write') ?? nothing,
      close: method(sink, 'close') ?? nothing,
      abort: method(sink, 'abort') ?? nothing,
      start: start && (() => start.call(sink, controller)),
      ...sizes,
    });
  }

  get locked() {
    check(isWritable(this), 'WritableStream');
    return this[kState].writer !== undefined;
  }

  abort(reason = undefined) {
    if (!isWritable(this)) return failed(new codes.ERR_INVALID_THIS('WritableStream'));
    if (this.locked) return failed(invalid('WritableStream is locked'));
    return abort(this, reason);
  }

  close() {
    if (!isWritable(this)) return failed(new codes.ERR_INVALID_THIS('WritableStream'));
    if (this.locked) return failed(invalid('WritableStream is locked'));
    if (this[kState].ends) return failed(invalid('Failure closing WritableStream'));
    return close(this);
  }

  getWriter() {
    check(isWritable(this), 'WritableStream');
    return new WritableStreamDefaultWriter(this);
  }
}

const isWritable = (value) => isObject(value) && value[kState] instanceof State;

// make returns a stream whose sink is ours: its functions answer with promises.
function make({ start, write = nothing, close: end = nothing, abort: stop = nothing, highWaterMark = 1, size = () => 1 }) {
  const stream = new WritableStream(kMake);
  begin(stream, new WritableStreamDefaultController(kMake, stream), { start, write, close: end, abort: stop, highWaterMark, size });
  return stream;
}

function begin(stream, controller, sink) {
  const control = controller[kState];
  Object.assign(control, sink, { controller });
  stream[kState].control = control;
  updateBackpressure(stream, control.desired <= 0);
  Promise.resolve(sink.start?.(controller)).then(() => {
    control.started = true;
    control.advance();
  }, (error) => {
    control.started = true;
    reject(stream, error);
  });
}

// What a controller knows of its sink.
class Control {
  queue = new Queue();
  started = false;
  signals = new AbortController();

  constructor(stream) {
    this.stream = stream;
  }

  get desired() {
    return this.highWaterMark - this.queue.size;
  }

  forget() {
    this.write = this.close = this.abort = nothing;
    this.size = undefined;
  }

  // sizeOf returns the size of a chunk; if that fails, so does the stream.
  sizeOf(chunk) {
    if (this.size === undefined) return 1;
    try {
      return this.size(chunk);
    } catch (error) {
      this.fail(error);
      return 1;
    }
  }

  add(chunk, size) {
    try {
      this.queue.push(chunk, size);
    } catch (error) {
      this.fail(error);
      return;
    }
    const state = this.stream[kState];
    if (!state.ends && state.phase === 'writable') updateBackpressure(this.stream, this.desired <= 0);
    this.advance();
  }

  // advance gives the sink what is next, if it is free.
  advance() {
    const { stream } = this;
    const state = stream[kState];
    if (!this.started || state.writing !== undefined) return;
    if (state.phase === 'erroring') {
      finishErroring(stream);
      return;
    }
    if (this.queue.length === 0) return;
    const chunk = this.queue.peek();
    if (chunk === kClose) this.end();
    else this.process(chunk);
  }

  process(chunk) {
    const { stream } = this;
    const state = stream[kState];
    state.writing = state.requests.shift();
    this.write(chunk, this.controller).then(() => {
      state.writing.resolve();
      state.writing = undefined;
      this.queue.shift();
      if (!state.ends && state.phase === 'writable') updateBackpressure(stream, this.desired <= 0);
      this.advance();
    }, (error) => {
      if (state.phase === 'writable') this.forget();
      state.writing.reject(error);
      state.writing = undefined;
      reject(stream, error);
    });
  }

  end() {
    const { stream } = this;
    const state = stream[kState];
    state.closing = state.closeRequest;
    state.closeRequest = undefined;
    this.queue.shift();
    const closed = this.close();
    this.forget();
    closed.then(() => {
      state.closing.resolve();
      state.closing = undefined;
      if (state.phase === 'erroring') {
        state.error = undefined;
        state.aborting?.done.resolve();
        state.aborting = undefined;
      }
      state.phase = 'closed';
      state.writer?.[kState].closed.resolve();
    }, (error) => {
      state.closing.reject(error);
      state.closing = undefined;
      state.aborting?.done.reject(error);
      state.aborting = undefined;
      reject(stream, error);
    });
  }

  fail(error) {
    if (this.stream[kState].phase !== 'writable') return;
    this.forget();
    startErroring(this.stream, error);
  }
}

class WritableStreamDefaultController {
  constructor(key, stream) {
    if (key !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = new Control(stream);
  }

  get signal() {
    check(this[kState] instanceof Control, 'WritableStreamDefaultController');
    return this[kState].signals.signal;
  }

  error(error = undefined) {
    check(this[kState] instanceof Control, 'WritableStreamDefaultController');
    this[kState].fail(error);
  }
}
Object.defineProperty(WritableStreamDefaultController, 'length', { value: 0 });

// Streams.

function updateBackpressure(stream, backpressure) {
  const state = stream[kState];
  if (state.writer !== undefined && backpressure !== state.backpressure) {
    const own = state.writer[kState];
    if (backpressure) own.ready = new Deferred();
    else own.ready.resolve();
  }
  state.backpressure = backpressure;
}

async function abort(stream, reason) {
  const state = stream[kState];
  if (state.phase === 'closed' || state.phase === 'errored') return undefined;
  state.control.signals.abort(reason);
  if (state.phase === 'closed' || state.phase === 'errored') return undefined;
  if (state.aborting !== undefined) return state.aborting.done.promise;
  const late = state.phase === 'erroring'; // the sink is not asked any more
  state.aborting = { done: new Deferred(), reason: late ? undefined : reason, late };
  const { promise } = state.aborting.done;
  if (!late) startErroring(stream, reason);
  return promise;
}

function close(stream) {
  const state = stream[kState];
  if (state.phase === 'closed' || state.phase === 'errored') return failed(invalid('WritableStream is closed'));
  state.closeRequest = new Deferred();
  const { promise } = state.closeRequest;
  if (state.writer !== undefined && state.backpressure && state.phase === 'writable') state.writer[kState].ready.resolve();
  state.control.add(kClose, 0);
  return promise;
}

function reject(stream, error) {
  if (stream[kState].phase === 'writable') startErroring(stream, error);
  else finishErroring(stream);
}

function startErroring(stream, error) {
  const state = stream[kState];
  state.phase = 'erroring';
  state.error = error;
  if (state.writer !== undefined) failReady(state.writer, error);
  if (state.writing === undefined && state.closing === undefined && state.control.started) finishErroring(stream);
}

function finishErroring(stream) {
  const state = stream[kState];
  const { control } = state;
  state.phase = 'errored';
  control.queue.clear();
  for (const request of state.requests.splice(0)) request.reject(state.error);
  const { aborting } = state;
  state.aborting = undefined;
  if (aborting === undefined || aborting.late) {
    aborting?.done.reject(state.error);
    failClosed(stream);
    return;
  }
  const stopped = control.abort(aborting.reason);
  control.forget();
  stopped.then(() => {
    aborting.done.resolve();
    failClosed(stream);
  }, (error) => {
    aborting.done.reject(error);
    failClosed(stream);
  });
}

function failClosed(stream) {
  const state = stream[kState];
  if (state.closeRequest !== undefined) {
    state.closeRequest.reject(state.error);
    state.closeRequest = undefined;
  }
  if (state.writer === undefined) return;
  state.writer[kState].closed.reject(state.error);
  quiet(state.writer[kState].closed.promise);
}

function failReady(writer, error) {
  const own = writer[kState];
  if (own.ready.settled) own.ready = new Deferred();
  own.ready.reject(error);
  quiet(own.ready.promise);
}

// Writers.

class WriterState {
  closed = new Deferred();
  ready = new Deferred();

  constructor(stream) {
    this.stream = stream;
  }
}

const isWriter = (value) => isObject(value) && value[kState] instanceof WriterState;
const unbound = () => invalid('Writer is not bound to a WritableStream');

class WritableStreamDefaultWriter {
  constructor(stream) {
    if (!isWritable(stream)) throw wrongType('stream', 'WritableStream', stream);
    if (stream.locked) throw invalid('WritableStream is locked');
    const state = stream[kState];
    const own = (this[kState] = new WriterState(stream));
    state.writer = this;
    quiet(own.closed.promise);
    quiet(own.ready.promise);
    if (state.phase === 'erroring' || state.phase === 'errored') own.ready.reject(state.error);
    else if (state.phase === 'closed' || state.ends || !state.backpressure) own.ready.resolve();
    if (state.phase === 'closed') own.closed.resolve();
    else if (state.phase === 'errored') own.closed.reject(state.error);
  }

  get closed() {
    if (!isWriter(this)) return failed(new codes.ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    return this[kState].closed.promise;
  }

  get desiredSize() {
    check(isWriter(this), 'WritableStreamDefaultWriter');
    const { stream } = this[kState];
    if (stream === undefined) throw unbound();
    const { phase, control } = stream[kState];
    if (phase === 'erroring' || phase === 'errored') return null;
    return phase === 'closed' ? 0 : control.desired;
  }

  get ready() {
    if (!isWriter(this)) return failed(new codes.ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    return this[kState].ready.promise;
  }

  abort(reason = undefined) {
    if (!isWriter(this)) return failed(new codes.ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    if (this[kState].stream === undefined) return failed(unbound());
    return abort(this[kState].stream, reason);
  }

  close() {
    if (!isWriter(this)) return failed(new codes.ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    const { stream } = this[kState];
    if (stream === undefined) return failed(unbound());
    if (stream[kState].ends) return failed(invalid('Failure to close WritableStream'));
    return close(stream);
  }

  releaseLock() {
    check(isWriter(this), 'WritableStreamDefaultWriter');
    const own = this[kState];
    if (own.stream === undefined) return;
    const released = invalid('Writer has been released');
    failReady(this, released);
    if (own.closed.settled) own.closed = new Deferred();
    own.closed.reject(released);
    quiet(own.closed.promise);
    own.stream[kState].writer = undefined;
    own.stream = undefined;
  }

  write(chunk = undefined) {
    if (!isWriter(this)) return failed(new codes.ERR_INVALID_THIS('WritableStreamDefaultWriter'));
    if (this[kState].stream === undefined) return failed(unbound());
    return write(this, chunk);
  }
}

function write(writer, chunk) {
  const { stream } = writer[kState];
  const state = stream[kState];
  const size = state.control.sizeOf(chunk);
  if (stream !== writer[kState].stream) return failed(unbound());
  if (state.phase === 'errored') return failed(state.error);
  if (state.ends || state.phase === 'closed') return failed(invalid('WritableStream is closed'));
  if (state.phase === 'erroring') return failed(state.error);
  const request = new Deferred();
  state.requests.push(request);
  state.control.add(chunk, size);
  return request.promise;
}

// closeWithErrors is close for who has piped all.
async function closeWithErrors(writer) {
  const { stream } = writer[kState];
  const state = stream[kState];
  if (state.ends || state.phase === 'closed') return undefined;
  if (state.phase === 'errored') throw state.error;
  return close(stream);
}

finish(WritableStream, ['locked', 'abort', 'close', 'getWriter'], function () {
  return { locked: this[kState].writer !== undefined, state: this[kState].phase };
});
finish(WritableStreamDefaultWriter, ['closed', 'desiredSize', 'ready', 'abort', 'close', 'releaseLock', 'write'], function () {
  const { stream, closed, ready } = this[kState];
  return { stream, close: closed.promise, ready: ready.promise, desiredSize: stream && this.desiredSize };
});
finish(WritableStreamDefaultController, ['signal', 'error'], function () {
  return { stream: this[kState].stream };
});

module.exports = {
  WritableStream,
  WritableStreamDefaultWriter,
  WritableStreamDefaultController,
  isWritable,
  make,
  abort,
  write,
  close,
  closeWithErrors,
  phaseOf: (stream) => stream[kState].phase,
  errorOf: (stream) => stream[kState].error,
  isClosing: (stream) => stream[kState].ends || stream[kState].phase === 'closed',
  fail: (stream, error) => stream[kState].control.fail(error),
};
