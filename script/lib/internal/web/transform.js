// Copyright 2026 The duplex authors. MIT license.

// TransformStream: what is written to one side comes out of the other, changed.

'use strict';

const { invalid, refused, wrongType, check, isObject, dictionary, sizesOf, method, nothing, Deferred, finish } = require('internal/web/common');
const { codes } = require('internal/errors');
const readable = require('internal/web/readable');
const writable = require('internal/web/writable');

const kState = Symbol('state');
const kMake = Symbol('make'); // only who has it makes a controller
const readableState = readable.kState;

// What a stream knows.
class State {
  readable = undefined;
  writable = undefined;
  backpressure = undefined;
  changed = undefined; // Deferred of when that changes
  finishing = undefined; // Promise of flush or cancel, whichever came first
  transform = async (chunk) => this.enqueue(chunk);
  flush = nothing;
  cancel = nothing;

  get side() {
    return this.readable[readableState].controller[readableState];
  }

  setBackpressure(backpressure) {
    this.changed?.resolve();
    this.changed = new Deferred();
    this.backpressure = backpressure;
  }

  enqueue(chunk) {
    const { side } = this;
    if (!side.takes) throw invalid('Unable to enqueue');
    try {
      side.enqueue(chunk);
    } catch (error) {
      this.failWritable(error);
      throw this.readable[readableState].error;
    }
    const backpressure = !side.hungry;
    if (backpressure !== this.backpressure) this.setBackpressure(true);
  }

  fail(error) {
    this.side.fail(error);
    this.failWritable(error);
  }

  failWritable(error) {
    this.forget();
    writable.fail(this.writable, error);
    if (this.backpressure) this.setBackpressure(false);
  }

  forget() {
    this.transform = this.flush = this.cancel = nothing;
  }

  terminate() {
    if (this.side.takes) this.side.close();
    this.failWritable(invalid('TransformStream terminated'));
  }

  async run(chunk) {
    try {
      await this.transform(chunk, this.controller);
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  // The sink of the writable side.

  async write(chunk) {
    if (this.backpressure) {
      await this.changed.promise;
      if (writable.phaseOf(this.writable) === 'erroring') throw writable.errorOf(this.writable);
    }
    await this.run(chunk);
  }

  close() {
    this.finishing ??= this.ending(this.flush(this.controller), () => {
      if (this.side.takes) this.side.close();
    });
    return this.finishing;
  }

  abort(reason) {
    this.finishing ??= this.ending(this.cancel(reason), () => this.side.fail(reason));
    return this.finishing;
  }

  async ending(done, then) {
    this.forget();
    try {
      await done;
    } catch (error) {
      this.side.fail(error);
      throw error;
    }
    if (this.readable[readableState].phase === 'errored') throw this.readable[readableState].error;
    then();
  }

  // The source of the readable side.

  pull() {
    this.setBackpressure(false);
    return this.changed.promise;
  }

  stop(reason) {
    this.finishing ??= this.stopping(this.cancel(reason), reason);
    return this.finishing;
  }

  async stopping(done, reason) {
    this.forget();
    try {
      await done;
    } catch (error) {
      writable.fail(this.writable, error);
      if (this.backpressure) this.setBackpressure(false);
      throw error;
    }
    if (writable.phaseOf(this.writable) === 'errored') throw writable.errorOf(this.writable);
    writable.fail(this.writable, reason);
    if (this.backpressure) this.setBackpressure(false);
  }
}

class TransformStream {
  [kState] = new State();

  constructor(transformer = {}, writableStrategy = {}, readableStrategy = {}) {
    if (transformer === null) throw wrongType('transformer', 'Object', transformer);
    transformer = dictionary(transformer, 'transformer');
    for (const name of ['readableType', 'writableType']) {
      if (transformer[name] !== undefined) throw refused(`transformer.${name}`, transformer[name], RangeError);
    }
    const state = this[kState];
    const readableSizes = sizesOf(readableStrategy, 0);
    const writableSizes = sizesOf(writableStrategy, 1);
    const started = new Deferred();
    const controller = new TransformStreamDefaultController(kMake, this);
    state.controller = controller;
    for (const name of ['transform', 'flush', 'cancel']) state[name] = method(transformer, name) ?? state[name];
    const { start } = transformer;
    if (start !== undefined && typeof start !== 'function') throw new TypeError('Bind must be called on a function');
    state.writable = writable.make({
      start: () => started.promise,
      write: (chunk) => state.write(chunk),
      close: () => state.close(),
      abort: (reason) => state.abort(reason),
      ...writableSizes,
    });
    state.readable = readable.make({
      start: () => started.promise,
      pull: () => state.pull(),
      cancel: (reason) => state.stop(reason),
      ...readableSizes,
    });
    state.setBackpressure(true);
    started.resolve(start?.call(transformer, controller));
  }

  get readable() {
    check(isObject(this) && this[kState] instanceof State, 'TransformStream');
    return this[kState].readable;
  }

  get writable() {
    check(isObject(this) && this[kState] instanceof State, 'TransformStream');
    return this[kState].writable;
  }
}
Object.defineProperty(TransformStream, 'length', { value: 0 });

class TransformStreamDefaultController {
  #stream;

  constructor(key, stream) {
    if (key !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this.#stream = stream;
  }

  get desiredSize() {
    check(#stream in this, 'TransformStreamDefaultController');
    return this.#stream[kState].side.desired;
  }

  enqueue(chunk = undefined) {
    check(#stream in this, 'TransformStreamDefaultController');
    this.#stream[kState].enqueue(chunk);
  }

  error(reason = undefined) {
    check(#stream in this, 'TransformStreamDefaultController');
    this.#stream[kState].fail(reason);
  }

  terminate() {
    check(#stream in this, 'TransformStreamDefaultController');
    this.#stream[kState].terminate();
  }

  static {
    finish(this, ['desiredSize', 'enqueue', 'error', 'terminate'], function () {
      return { stream: this.#stream };
    });
  }
}
Object.defineProperty(TransformStreamDefaultController, 'length', { value: 0 });

finish(TransformStream, ['readable', 'writable'], function () {
  const { readable: out, writable: into, backpressure } = this[kState];
  return { readable: out, writable: into, backpressure };
});

module.exports = { TransformStream, TransformStreamDefaultController };
