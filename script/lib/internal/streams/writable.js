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

const SYNC = 1 << 9; // within _write
const FINAL_CALLED = 1 << 10;
const NEED_DRAIN = 1 << 11;
const ENDING = 1 << 12; // end was called
const FINISHED = 1 << 13;
const DECODE_STRINGS = 1 << 14;
const WRITING = 1 << 15; // a chunk is with _write
const BUFFER_PROCESSING = 1 << 16;
const PREFINISHED = 1 << 17;
const ALL_BUFFERS = 1 << 18; // what waits are Buffers all
const ALL_NOOP = 1 << 19; // nobody waits for the callbacks of what waits
const ON_FINISHED = 1 << 20; // callbacks of end wait
const HAS_WRITABLE = 1 << 21; // somebody set stream.writable, to what WRITABLE says
const WRITABLE = 1 << 22;
const DEFAULT_UTF8 = 1 << 24;
const WRITE_CALLBACK = 1 << 25; // the chunk with _write has a callback of its own
const EXPECT_CALLBACK = 1 << 26;
const AFTER_WRITE = 1 << 27; // callbacks of chunks written at once wait for their tick
const BUFFERED = 1 << 29;
const ENDED = 1 << 30;

const FAILED = ERRORED | DESTROYED;
const HOLD = WRITING | ERRORED | BUFFERED;
state.BUSY = HOLD | DESTROYED | ENDING | NEED_DRAIN; // what is written is more than handed on; for net
const PASSED = WRITING | SYNC | EXPECT_CALLBACK;
const NOT_PASSED = ~(WRITING | EXPECT_CALLBACK | WRITE_CALLBACK);
const PASSED_CALLBACK = PASSED | WRITE_CALLBACK;

function nop() {}

const own = { objectMode: 'writableObjectMode', highWaterMark: 'writableHighWaterMark' }; // options of a Duplex

function WritableState(options, stream, isDuplex) {
  const decodes = options?.decodeStrings === false ? 0 : DECODE_STRINGS;
  state.begin(this, options, stream, isDuplex, own, SYNC | ALL_BUFFERS | ALL_NOOP | DEFAULT_UTF8 | decodes);
  this.length = 0;
  this.corked = 0;
  this.onwrite = onwriteOf(stream, this);
  this.writelen = 0; // of the chunk with _write
  this.waiting = null; // chunks, each with encoding and callback, from bufferedIndex on
  this.bufferedIndex = 0;
  this.callback = nop; // of the chunk with _write
  this.written = []; // { callback, count } of chunks written at once, each with a tick of its own
  this.tell = null; // tellWritten, of this stream
  this.onfinished = null; // callbacks of end
  this.pendingcb = 0; // callbacks still to come before the stream can finish
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
accessor(WritableState.prototype, 'afterWriteTickInfo', function () { return this.written.at(-1) ?? null; });
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
Writable.constructed = constructed;

const { prototype } = Writable;

// Whoever pipes from here has mistaken the end.
prototype.pipe = function () {
  errorOrDestroy(this, new codes.ERR_STREAM_CANNOT_PIPE());
};

prototype.write = write;

let refused = null; // the error of the last write that was not taken

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

  s.pendingcb++;
  s.length += length;
  if ((flags & (HOLD | CONSTRUCTED)) === CONSTRUCTED && s.corked === 0) {
    s.writelen = length;
    s.callback = callback;
    s.flags = flags | (callback === nop ? PASSED : PASSED_CALLBACK);
    this._write(chunk, encoding, s.onwrite);
    s.flags &= ~SYNC;
  } else {
    hold(s, chunk, encoding, callback);
  }
  length = s.length;
  if (length === 0 || length < s.highWaterMark) return (s.flags & FAILED) === 0;
  s.flags |= NEED_DRAIN;
  return false;
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
  s.flags |= callback === nop ? PASSED : PASSED_CALLBACK;
  if (s.flags & DESTROYED) s.onwrite(new codes.ERR_STREAM_DESTROYED('write'));
  else if (many) stream._writev(chunk, s.onwrite);
  else stream._write(chunk, encoding, s.onwrite);
  s.flags &= ~SYNC;
}

// onwriteOf returns the callback for _write.
function onwriteOf(stream, s) {
  return (error) => {
    const { flags, callback } = s;
    if (!(flags & EXPECT_CALLBACK)) {
      errorOrDestroy(stream, new codes.ERR_MULTIPLE_CALLBACK());
      return;
    }
    s.callback = nop;
    s.flags = flags & NOT_PASSED;
    s.length -= s.writelen;
    s.writelen = 0;
    if (error) {
      failed(stream, s, flags & SYNC, error, callback);
      return;
    }
    if (flags & BUFFERED) clear(stream, s);
    if (!(flags & SYNC)) {
      afterWrite(stream, s, 1, callback);
    } else if (callback === nop && !(s.flags & (DESTROYED | OBJECT)) && !(s.flags & NEED_DRAIN && s.length === 0)) {
      s.pendingcb--;
    } else {
      afterWriteSoon(stream, s, callback);
    }
  };
}

// afterWriteSoon is afterWrite in the next tick, once for all chunks in a row that
// have the same callback.
function afterWriteSoon(stream, s, callback) {
  const { written } = s;
  const last = written.length - 1;
  if (last >= 0 && callback === nop) {
    s.pendingcb--;
    return;
  }
  if (last >= 0 && written[last].callback === callback) {
    written[last].count++;
    return;
  }
  written.push({ count: 1, callback });
  s.flags |= AFTER_WRITE;
  s.tell ??= () => tellWritten(stream, s);
  nextTick(s.tell);
}

function failed(stream, s, sync, error, callback) {
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

function tellWritten(stream, s) {
  const { count, callback } = s.written.shift();
  if (s.written.length === 0) s.flags &= ~AFTER_WRITE;
  afterWrite(stream, s, count, callback);
}

function afterWrite(stream, s, count, callback) {
  if ((s.flags & (NEED_DRAIN | ENDING | DESTROYED)) === NEED_DRAIN && s.length === 0) {
    s.flags &= ~NEED_DRAIN;
    stream.emit('drain');
  }
  while (count-- > 0) {
    s.pendingcb--;
    callback(null);
  }
  if (s.flags & DESTROYED) drop(s);
  if (s.flags & ENDING) settle(stream, s, true);
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
