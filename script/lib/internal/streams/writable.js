// Copyright 2026 The duplex authors. MIT license.

// Writable: one chunk is with the implementor, those behind it wait in a buffer.

'use strict';

const { codes } = require('internal/errors');
const { Buffer } = require('buffer');
const Stream = require('internal/streams/legacy');
const { construct, destroy, destroyable, errorOrDestroy } = require('internal/streams/destroy');
const state = require('internal/streams/state');
const {
  OBJECT, ERROR_EMITTED, AUTO_DESTROY, EMIT_CLOSE, DESTROYED, CLOSED, CLOSE_EMITTED, ERRORED, CONSTRUCTED,
  accessor,
} = state;

const { nextTick } = process;

const native = binding('streams');
const {
  SYNC, FINAL_CALLED, NEED_DRAIN, ENDING, FINISHED, DECODE_STRINGS, WRITING, BUFFER_PROCESSING, PREFINISHED, ALL_BUFFERS, ALL_NOOP,
  ON_FINISHED, HAS_WRITABLE, WRITABLE, DEFAULT_UTF8, WRITE_CALLBACK, EXPECT_CALLBACK, BUFFERED, ENDED, BUSY,
} = native.writableBits;

state.BUSY = BUSY;
const PASSED = WRITING | SYNC | EXPECT_CALLBACK;

function nop() {}

const own = { objectMode: 'writableObjectMode', highWaterMark: 'writableHighWaterMark' }; // options of a Duplex

// The fields that a chunk passes are Go's.
function WritableState(options, stream, isDuplex) {
  const s = native.writable(stream, WritableState.prototype);
  const decodes = options?.decodeStrings === false ? 0 : DECODE_STRINGS;
  state.begin(s, options, stream, isDuplex, own, SYNC | ALL_BUFFERS | ALL_NOOP | DEFAULT_UTF8 | decodes);
  s.waiting = null; // chunks, each with encoding and callback, from bufferedIndex on
  s.bufferedIndex = 0;
  s.onfinished = null; // callbacks of end
  return s;
}

state.flagged(WritableState.prototype, {
  finalCalled: FINAL_CALLED,
  needDrain: NEED_DRAIN,
  ending: ENDING,
  ended: ENDED,
  finished: FINISHED,
  decodeStrings: DECODE_STRINGS,
  writing: WRITING,
  sync: SYNC,
  bufferProcessing: BUFFER_PROCESSING,
  prefinished: PREFINISHED,
  allBuffers: ALL_BUFFERS,
  allNoop: ALL_NOOP,
}, DEFAULT_UTF8);
state.looks(
  WritableState,
  ['highWaterMark', 'length', 'corked', 'onwrite', 'writelen', 'bufferedIndex', 'pendingcb'],
  function* (s) {
    yield ['kBufferedValue', s.waiting];
    if (s.flags & ERRORED) yield ['kErroredValue', s.error];
    if (!(s.flags & DEFAULT_UTF8)) yield ['kDefaultEncodingValue', s.utf];
    if (s.onfinished || s.flags & FINISHED) yield ['kOnFinishedValue', s.onfinished];
    if (s.flags & WRITE_CALLBACK) yield ['kWriteCbValue', s.callback];
  },
);
accessor(
  WritableState.prototype,
  'writable',
  function () { return this.flags & HAS_WRITABLE ? (this.flags & WRITABLE) !== 0 : undefined; },
  function (value) {
    this.flags &= ~(HAS_WRITABLE | WRITABLE);
    if (value) this.flags |= HAS_WRITABLE | WRITABLE;
    else if (value !== null && value !== undefined) this.flags |= HAS_WRITABLE;
  },
);
accessor(
  WritableState.prototype,
  'writecb',
  function () { return this.callback; },
  function (value) { this.callback = value; },
);
accessor(WritableState.prototype, 'afterWriteTickInfo', function () { return native.tickInfo(this); });
accessor(WritableState.prototype, 'buffered', function () { return this.waiting ?? []; });
accessor(WritableState.prototype, 'bufferedRequestCount', function () {
  return this.waiting === null ? 0 : this.waiting.length - this.bufferedIndex;
});

WritableState.prototype.getBuffer = function getBuffer() {
  return this.waiting === null ? [] : this.waiting.slice(this.bufferedIndex);
};

const THROUGH = ENDING | ENDED | FINISHED;

WritableState.prototype.again = function (stream) {
  state.again(this, FINAL_CALLED | PREFINISHED | THROUGH);
  if (stream.writable === false) this.flags |= THROUGH;
};
Object.defineProperty(WritableState.prototype, 'again', { enumerable: false });

function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);
  this._events ??= state.places.writable();
  this._writableState = new WritableState(options, this, false);
  if (options) {
    state.implement(this, options, ['write', 'writev', 'destroy', 'final', 'construct']);
    if (options.signal) require('internal/streams/abort').addAbortSignal(options.signal, this);
  }
  Stream.call(this, options);
  if (this._construct !== undefined) construct(this, () => constructed(this));
}
Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);
Writable.WritableState = WritableState;

// A Duplex is a Writable too.
Object.defineProperty(Writable, Symbol.hasInstance, {
  value(object) {
    if (Function.prototype[Symbol.hasInstance].call(this, object)) return true;
    return this === Writable && !!object && object._writableState instanceof WritableState;
  },
});

// constructed goes on with what waited for _construct.
function constructed(stream) {
  const s = stream._writableState;
  if (!(s.flags & WRITING)) clear(stream, s);
  settle(stream, s, false);
}
Object.defineProperty(Writable, 'constructed', { value: constructed });

const { prototype } = Writable;

// Whoever pipes from here has mistaken the end.
prototype.pipe = function () {
  errorOrDestroy(this, new codes.ERR_STREAM_CANNOT_PIPE());
};

prototype.write = native.write;

let refused = null; // the error of the last write that was not taken

// write is Writable.prototype.write for whatever is not as usual.
function write(chunk, encoding, callback) {
  const s = this._writableState;
  const { flags } = s;
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  } else if (typeof callback !== 'function') {
    callback = nop;
  }
  let length = 1;
  if (flags & OBJECT) {
    if (chunk === null) throw new codes.ERR_STREAM_NULL_VALUES();
  } else {
    if (encoding) {
      if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
    } else {
      encoding = s.utf;
    }
    if (typeof chunk === 'string') {
      if (flags & DECODE_STRINGS) {
        if (encoding === 'buffer') throw new codes.ERR_UNKNOWN_ENCODING(encoding);
        chunk = Buffer.from(chunk, encoding);
        encoding = 'buffer';
      }
    } else if (chunk instanceof Buffer) {
      encoding = 'buffer';
    } else if (ArrayBuffer.isView(chunk)) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = 'buffer';
    } else if (chunk === null) {
      throw new codes.ERR_STREAM_NULL_VALUES();
    } else {
      throw new codes.ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
    }
    length = chunk.length;
  }
  if (flags & (ENDING | DESTROYED)) {
    refused = flags & ENDING ? new codes.ERR_STREAM_WRITE_AFTER_END() : new codes.ERR_STREAM_DESTROYED('write');
    nextTick(callback, refused);
    errorOrDestroy(this, refused, true);
    return false;
  }
  return native.accept(this, s, chunk, encoding, callback, length);
}

function hold(s, chunk, encoding, callback) {
  const item = { chunk, encoding, callback };
  if (s.waiting === null) s.waiting = [item];
  else s.waiting.push(item);
  s.flags |= BUFFERED;
  if (s.flags & ALL_NOOP && callback !== nop) s.flags &= ~ALL_NOOP;
  if (s.flags & ALL_BUFFERS && encoding !== 'buffer') s.flags &= ~ALL_BUFFERS;
}

// pass gives the implementor what waited.
function pass(stream, s, many, length, chunk, encoding, callback) {
  s.writelen = length;
  s.callback = callback;
  s.flags |= callback === nop ? PASSED : PASSED | WRITE_CALLBACK;
  if (s.flags & DESTROYED) s.onwrite(new codes.ERR_STREAM_DESTROYED('write'));
  else if (many) stream._writev(chunk, s.onwrite);
  else stream._write(chunk, encoding, s.onwrite);
  s.flags &= ~SYNC;
}

// failed is what an error of _write does, or its callback if that is called again.
function failed(stream, s, sync, error, callback) {
  if (callback === undefined) {
    errorOrDestroy(stream, new codes.ERR_MULTIPLE_CALLBACK());
    return;
  }
  error.stack; // made now, where the frames are of interest
  if (!(s.flags & ERRORED)) s.errored = error;
  const r = stream._readableState;
  if (r && !r.errored) r.errored = error;
  if (sync) nextTick(tellFailed, stream, s, error, callback);
  else tellFailed(stream, s, error, callback);
}

function tellFailed(stream, s, error, callback) {
  s.pendingcb--;
  callback(error);
  drop(s);
  errorOrDestroy(stream, error);
}

// drop gives what still waits back, with an error.
function drop(s) {
  if (s.flags & WRITING) return;
  if (s.waiting !== null) {
    for (let i = s.bufferedIndex; i < s.waiting.length; i++) {
      const { chunk, callback } = s.waiting[i];
      s.length -= s.flags & OBJECT ? 1 : chunk.length;
      callback(s.errored ?? new codes.ERR_STREAM_DESTROYED('write'));
    }
  }
  tellFinished(s, s.errored ?? new codes.ERR_STREAM_DESTROYED('end'));
  none(s);
}

function none(s) {
  s.waiting = null;
  s.bufferedIndex = 0;
  s.flags = (s.flags | ALL_BUFFERS | ALL_NOOP) & ~BUFFERED;
}

// tellFinished calls what end was given.
function tellFinished(s, error) {
  const callbacks = s.onfinished;
  if (callbacks === null) return;
  s.onfinished = null;
  s.flags &= ~ON_FINISHED;
  for (const callback of callbacks) callback(error);
}

// clear passes on what waits, as far as the implementor takes it.
function clear(stream, s) {
  if ((s.flags & (DESTROYED | BUFFER_PROCESSING | BUFFERED | CONSTRUCTED)) !== (BUFFERED | CONSTRUCTED) || s.corked > 0) return;
  const { waiting } = s;
  let i = s.bufferedIndex;
  const count = waiting.length - i;
  s.flags |= BUFFER_PROCESSING;
  if (count > 1 && stream._writev) {
    s.pendingcb -= count - 1;
    const chunks = i === 0 ? waiting : waiting.slice(i);
    chunks.allBuffers = (s.flags & ALL_BUFFERS) !== 0;
    const callback = s.flags & ALL_NOOP ? nop : (error) => {
      for (const item of chunks) item.callback(error);
    };
    none(s);
    pass(stream, s, true, s.length, chunks, '', callback);
  } else {
    do {
      const { chunk, encoding, callback } = waiting[i];
      waiting[i++] = null;
      pass(stream, s, false, s.flags & OBJECT ? 1 : chunk.length, chunk, encoding, callback);
    } while (i < waiting.length && !(s.flags & WRITING));
    if (s.waiting === waiting) {
      if (i === waiting.length) {
        none(s);
      } else if (i > 256) {
        waiting.splice(0, i);
        s.bufferedIndex = 0;
      } else {
        s.bufferedIndex = i;
      }
    }
  }
  s.flags &= ~BUFFER_PROCESSING;
}

prototype._write = function (chunk, encoding, callback) {
  if (!this._writev) throw new codes.ERR_METHOD_NOT_IMPLEMENTED('_write()');
  this._writev([{ chunk, encoding }], callback);
};

prototype._writev = null;

prototype.cork = function () {
  this._writableState.corked++;
};

prototype.uncork = function () {
  const s = this._writableState;
  if (s.corked === 0) return;
  s.corked--;
  if (!(s.flags & WRITING)) clear(this, s);
};

prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
  if (typeof encoding === 'string') encoding = encoding.toLowerCase();
  if (!Buffer.isEncoding(encoding)) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
  this._writableState.defaultEncoding = encoding;
  return this;
};

prototype.end = function (chunk, encoding, callback) {
  const s = this._writableState;
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  let error = null;
  if (chunk !== null && chunk !== undefined) {
    refused = null;
    write.call(this, chunk, encoding);
    error = refused;
  }
  if (s.corked > 0) {
    s.corked = 1;
    this.uncork();
  }
  if (error) {
    // Told by write.
  } else if (!(s.flags & (ERRORED | ENDING))) {
    s.flags |= ENDING;
    settle(this, s, true);
    s.flags |= ENDED;
  } else if (s.flags & FINISHED) {
    error = new codes.ERR_STREAM_ALREADY_FINISHED('end');
  } else if (s.flags & DESTROYED) {
    error = new codes.ERR_STREAM_DESTROYED('end');
  }
  if (typeof callback === 'function') {
    if (error) {
      nextTick(callback, error);
    } else if (s.flags & ERRORED) {
      nextTick(callback, s.error);
    } else if (s.flags & FINISHED) {
      nextTick(callback);
    } else {
      (s.onfinished ??= []).push(callback);
      s.flags |= ON_FINISHED;
    }
  }
  return this;
};

const OVER = DESTROYED | ERRORED | BUFFERED | FINISHED | WRITING | ERROR_EMITTED | CLOSE_EMITTED;

function canFinish(s) {
  return (s.flags & (OVER | ENDING | CONSTRUCTED)) === (ENDING | CONSTRUCTED) && s.length === 0;
}

function settle(stream, s, sync) {
  if (!canFinish(s)) return;
  prefinish(stream, s);
  const ready = s.pendingcb === 0 && (sync || canFinish(s)); // which prefinish may have changed
  if (!ready) return;
  s.pendingcb++;
  if (sync) nextTick(finishLater, stream, s);
  else finish(stream, s);
}

function finishLater(stream, s) {
  if (canFinish(s)) finish(stream, s);
  else s.pendingcb--;
}

function prefinish(stream, s) {
  if (s.flags & (PREFINISHED | FINAL_CALLED)) return;
  if (typeof stream._final !== 'function' || s.flags & DESTROYED) {
    s.flags |= PREFINISHED | FINAL_CALLED;
    stream.emit('prefinish');
    return;
  }
  s.flags |= FINAL_CALLED;
  let called = false;
  const done = (error) => {
    if (called) {
      errorOrDestroy(stream, error ?? new codes.ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    s.pendingcb--;
    if (error) {
      tellFinished(s, error);
      errorOrDestroy(stream, error, (s.flags & SYNC) !== 0);
    } else if (canFinish(s)) {
      s.flags |= PREFINISHED;
      stream.emit('prefinish');
      s.pendingcb++;
      nextTick(finish, stream, s);
    }
  };
  s.flags |= SYNC;
  s.pendingcb++;
  try {
    stream._final(done);
  } catch (error) {
    done(error);
  }
  s.flags &= ~SYNC;
}

function finish(stream, s) {
  s.pendingcb--;
  s.flags |= FINISHED;
  tellFinished(s, null);
  stream.emit('finish');
  if (!(s.flags & AUTO_DESTROY)) return;
  const r = stream._readableState;
  if (!r || (r.autoDestroy && (r.endEmitted || r.readable === false))) stream.destroy();
}

native.useWritable(nop, write, hold, clear, failed, drop, settle);
destroyable(prototype);

// What waits must not outlive the stream.
prototype.destroy = function (error, callback) {
  const s = this._writableState;
  if (!(s.flags & DESTROYED) && s.flags & (BUFFERED | ON_FINISHED)) nextTick(drop, s);
  return destroy.call(this, error, callback);
};

module.exports = Writable;
Stream.Writable = Writable;
require('internal/streams/writable_properties');
