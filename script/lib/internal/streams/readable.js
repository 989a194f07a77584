// Copyright 2026 The duplex authors. MIT license.

// Readable: what comes in waits in a buffer until somebody reads it, or, while the
// stream flows, goes to the listeners of 'data' at once.

'use strict';

const { codes } = require('internal/errors');
const { Buffer } = require('buffer');
const Stream = require('internal/streams/legacy');
const { construct, destroyable, errorOrDestroy } = require('internal/streams/destroy');
const state = require('internal/streams/state');
const { ReadableState, decoderOf } = require('internal/streams/readable_state');
const {
  OBJECT, ERROR_EMITTED, AUTO_DESTROY, DESTROYED, CLOSE_EMITTED, ERRORED, CONSTRUCTED,
} = state;

const { nextTick } = process;

const native = binding('streams');
const {
  ENDED, END_EMITTED, READING, SYNC, NEED_READABLE, EMITTED_READABLE, READABLE_LISTENING, RESUME_SCHEDULED, MULTI_AWAIT_DRAIN,
  DATA_EMITTED, DECODER, ENCODING, HAS_FLOWING, FLOWING, HAS_PAUSED, PAUSED, DATA_LISTENING,
} = native.readableBits;
const { readMoreSoon } = native;

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  this._events ??= state.places.readable();
  this._readableState = new ReadableState(options, this, false);
  if (options) {
    state.implement(this, options, ['read', 'destroy', 'construct']);
    if (options.signal) require('internal/streams/abort').addAbortSignal(options.signal, this);
  }
  Stream.call(this, options);
  if (this._construct !== undefined) construct(this, () => constructed(this));
}
Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);
Readable.ReadableState = ReadableState;

// constructed goes on with what waited for _construct.
function constructed(stream) {
  const s = stream._readableState;
  if (s.flags & NEED_READABLE) readMoreSoon(stream, s);
}
Object.defineProperty(Readable, 'constructed', { value: constructed });

const { prototype } = Readable;

destroyable(prototype);

// push takes the next chunk from whoever implements the stream; null is the end. Go
// hands it straight to the listeners of 'data' if it can.
prototype.push = native.push;

// enqueue is push of whatever else.
function enqueue(stream, s, chunk, encoding) {
  if (chunk === null) return pushEnd(stream, s);
  let decoded = false; // chunk is what readers get already
  if (s.flags & OBJECT) {
    decoded = !!encoding;
  } else {
    if (typeof chunk === 'string') {
      encoding ||= s.utf;
      decoded = (s.flags & ENCODING) !== 0 && s.code === encoding;
      if (!decoded) chunk = Buffer.from(chunk, encoding);
    } else if (ArrayBuffer.isView(chunk)) {
      if (!(chunk instanceof Buffer)) chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    } else if (chunk !== undefined) {
      return refuse(stream, chunk);
    }
    if (chunk === undefined || chunk.length === 0) return nothing(stream, s);
  }
  if (s.flags & (ENDED | DESTROYED | ERRORED)) {
    if (s.flags & ENDED) errorOrDestroy(stream, new codes.ERR_STREAM_PUSH_AFTER_EOF());
    return false;
  }
  s.flags &= ~READING;
  if (s.flags & DECODER && !decoded) {
    chunk = s.decode.write(chunk);
    if (chunk.length === 0 && !(s.flags & OBJECT)) return nothing(stream, s);
  }
  add(stream, s, chunk, false);
  return wants(s);
}

// nothing is push of an empty chunk, which only ends the reading.
function nothing(stream, s) {
  s.flags &= ~READING;
  readMoreSoon(stream, s);
  return wants(s);
}

function refuse(stream, chunk) {
  const error = new codes.ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
  errorOrDestroy(stream, error);
  return false;
}

// wants is what push returns: whether more is welcome.
function wants(s) {
  return (s.flags & ENDED) === 0 && (s.length < s.highWaterMark || s.length === 0);
}

function add(stream, s, chunk, front) {
  if ((s.flags & (FLOWING | SYNC | DATA_LISTENING)) === (FLOWING | DATA_LISTENING) && s.length === 0) {
    if (s.flags & MULTI_AWAIT_DRAIN) s.awaitDrainWriters.clear();
    else s.awaitDrainWriters = null;
    s.flags |= DATA_EMITTED;
    stream.emit('data', chunk);
  } else {
    s.length += s.flags & OBJECT ? 1 : chunk.length;
    if (!front) s.buffer.push(chunk);
    else if (s.bufferIndex > 0) s.buffer[--s.bufferIndex] = chunk;
    else s.buffer.unshift(chunk);
    if (s.flags & NEED_READABLE) emitReadable(stream);
  }
  readMoreSoon(stream, s);
}

function pushEnd(stream, s) {
  s.flags &= ~READING;
  if (s.flags & ENDED) return false;
  if (s.flags & DECODER) {
    const rest = s.decode.end();
    if (rest && rest.length > 0) {
      s.buffer.push(rest);
      s.length += s.flags & OBJECT ? 1 : rest.length;
    }
  }
  s.flags |= ENDED;
  if (s.flags & SYNC) {
    emitReadable(stream);
  } else {
    s.flags = (s.flags & ~NEED_READABLE) | EMITTED_READABLE;
    emitReadableNow(stream);
  }
  return false;
}

// unshift puts a chunk back that was read too early.
prototype.unshift = function (chunk, encoding) {
  const s = this._readableState;
  if (chunk === null) return pushEnd(this, s);
  if (!(s.flags & OBJECT)) {
    if (typeof chunk === 'string') {
      encoding ||= s.utf;
      if (s.code !== encoding || !(s.flags & ENCODING)) {
        chunk = Buffer.from(chunk, encoding);
        if (s.flags & ENCODING) chunk = chunk.toString(s.code);
      }
    } else if (ArrayBuffer.isView(chunk)) {
      if (!(chunk instanceof Buffer)) chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    } else if (chunk !== undefined) {
      return refuse(this, chunk);
    }
    if (!(chunk && chunk.length > 0)) return wants(s);
  }
  if (s.flags & END_EMITTED) {
    errorOrDestroy(this, new codes.ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
  } else if (s.flags & (DESTROYED | ERRORED)) {
    return false;
  } else {
    add(this, s, chunk, true);
  }
  return wants(s);
};

prototype.isPaused = function () {
  const { flags } = this._readableState;
  return (flags & PAUSED) !== 0 || (flags & (HAS_FLOWING | FLOWING)) === HAS_FLOWING;
};

prototype.setEncoding = function (encoding) {
  const s = this._readableState;
  const decoder = decoderOf(encoding);
  s.decoder = decoder;
  s.encoding = decoder.encoding;
  let text = '';
  for (const chunk of s.buffer.slice(s.bufferIndex)) text += decoder.write(chunk);
  s.buffer.length = 0;
  s.bufferIndex = 0;
  if (text !== '') s.buffer.push(text);
  s.length = text.length;
  return this;
};

const MOST = 1024 * 1024 * 1024;

// raised returns the mark for somebody who reads n at once: a power of two.
function raised(n) {
  if (n > MOST) throw new codes.ERR_OUT_OF_RANGE('size', '<= 1GiB', n);
  let size = 1;
  while (size < n) size *= 2;
  return size;
}

// available returns how much of n can be read now.
function available(s, n) {
  if (n <= 0 || (s.length === 0 && s.flags & ENDED)) return 0;
  if (s.flags & OBJECT) return 1;
  if (Number.isNaN(n)) return s.flags & FLOWING && s.length > 0 ? s.buffer[s.bufferIndex].length : s.length;
  if (n <= s.length) return n;
  return s.flags & ENDED ? s.length : 0;
}

// Go knows read(0) of a stream that has nothing.
prototype.read = native.read;

function read(n) {
  if (n === undefined) n = NaN;
  else if (!Number.isInteger(n)) n = Number.parseInt(n, 10);
  const s = this._readableState;
  const wanted = n;
  if (n > s.highWaterMark) s.highWaterMark = raised(n);
  if (n !== 0) s.flags &= ~EMITTED_READABLE;

  // Only whoever waits is told, while there is enough.
  if (n === 0 && s.flags & NEED_READABLE &&
      ((s.highWaterMark !== 0 ? s.length >= s.highWaterMark : s.length > 0) || s.flags & ENDED)) {
    if (s.length === 0 && s.flags & ENDED) endReadable(this);
    else emitReadable(this);
    return null;
  }
  n = available(s, n);
  if (n === 0 && s.flags & ENDED) {
    if (s.length === 0) endReadable(this);
    return null;
  }

  // The implementor is asked before the buffer is taken from, since what it pushes
  // now belongs to this read.
  if ((s.flags & (ENDED | READING | DESTROYED | ERRORED | CONSTRUCTED)) === CONSTRUCTED &&
      (s.flags & NEED_READABLE || s.length === 0 || s.length - n < s.highWaterMark)) {
    s.flags |= s.length === 0 ? READING | SYNC | NEED_READABLE : READING | SYNC;
    try {
      this._read(s.highWaterMark);
    } catch (error) {
      errorOrDestroy(this, error);
    }
    s.flags &= ~SYNC;
    if (!(s.flags & READING)) n = available(s, wanted);
  }

  const chunk = n > 0 ? take(s, n) : null;
  if (chunk === null) {
    if (s.length <= s.highWaterMark) s.flags |= NEED_READABLE;
    n = 0;
  } else {
    s.length -= n;
    if (s.flags & MULTI_AWAIT_DRAIN) s.awaitDrainWriters.clear();
    else s.awaitDrainWriters = null;
  }
  if (s.length === 0) {
    if (!(s.flags & ENDED)) s.flags |= NEED_READABLE;
    else if (wanted !== n) endReadable(this);
  }
  if (chunk !== null && !(s.flags & (ERROR_EMITTED | CLOSE_EMITTED))) {
    s.flags |= DATA_EMITTED;
    this.emit('data', chunk);
  }
  return chunk;
}

prototype._read = function (n) {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED('_read()');
};

// take removes n bytes or characters, or one object, from the buffer.
function take(s, n) {
  if (s.length === 0) return null;
  const { buffer } = s;
  let at = s.bufferIndex;
  let chunk;
  if (s.flags & OBJECT) {
    chunk = buffer[at];
    buffer[at++] = null;
  } else if (n >= s.length) {
    if (s.flags & DECODER) chunk = buffer.slice(at).join(''); // unshift leaves Buffers too
    else if (buffer.length - at === 1) chunk = buffer[at];
    else chunk = Buffer.concat(buffer.slice(at), s.length);
    at = buffer.length;
  } else {
    const part = s.flags & DECODER ? (c, from, to) => c.slice(from, to) : (c, from, to) => c.subarray(from, to);
    const first = buffer[at];
    if (n < first.length) {
      chunk = part(first, 0, n);
      buffer[at] = part(first, n);
    } else if (n === first.length) {
      chunk = first;
      buffer[at++] = null;
    } else {
      const parts = [];
      while (n > 0) {
        const next = buffer[at];
        if (next.length > n) {
          parts.push(part(next, 0, n));
          buffer[at] = part(next, n);
          break;
        }
        parts.push(next);
        n -= next.length;
        buffer[at++] = null;
      }
      chunk = s.flags & DECODER ? parts.join('') : Buffer.concat(parts);
    }
  }
  if (at === buffer.length) {
    buffer.length = 0;
    s.bufferIndex = 0;
  } else if (at > 1024) {
    buffer.splice(0, at);
    s.bufferIndex = 0;
  } else {
    s.bufferIndex = at;
  }
  return chunk;
}

Readable._fromList = function fromList(n, s) {
  return take(s, n || s.length);
};

// emitReadable tells of data, or of the end, in the next tick.
function emitReadable(stream) {
  const s = stream._readableState;
  s.flags &= ~NEED_READABLE;
  if (s.flags & EMITTED_READABLE) return;
  s.flags |= EMITTED_READABLE;
  nextTick(emitReadableNow, stream);
}

function emitReadableNow(stream) {
  const s = stream._readableState;
  if (!(s.flags & (DESTROYED | ERRORED)) && (s.length > 0 || s.flags & ENDED)) {
    stream.emit('readable');
    s.flags &= ~EMITTED_READABLE;
  }
  if (!(s.flags & (FLOWING | ENDED)) && s.length <= s.highWaterMark) s.flags |= NEED_READABLE;
  flow(stream);
}

// flow reads until the stream flows no more or has nothing.
function flow(stream) {
  const s = stream._readableState;
  while (s.flags & FLOWING && stream.read() !== null);
}

prototype.on = function (event, listener) {
  const result = Stream.prototype.on.call(this, event, listener);
  const s = this._readableState;
  if (event === 'data') {
    s.flags |= DATA_LISTENING;
    if (this.listenerCount('readable') > 0) s.flags |= READABLE_LISTENING;
    if ((s.flags & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) this.resume();
  } else if (event === 'readable' && !(s.flags & (END_EMITTED | READABLE_LISTENING))) {
    s.flags |= READABLE_LISTENING | NEED_READABLE | HAS_FLOWING;
    s.flags &= ~(FLOWING | EMITTED_READABLE);
    if (s.length > 0) emitReadable(this);
    else if (!(s.flags & READING)) nextTick(readNothing, this);
  }
  return result;
};
prototype.addListener = prototype.on;

function readNothing(stream) {
  stream.read(0);
}

prototype.removeListener = function (event, listener) {
  const result = Stream.prototype.removeListener.call(this, event, listener);
  if (event === 'readable') nextTick(updateListening, this);
  else if (event === 'data' && this.listenerCount('data') === 0) this._readableState.flags &= ~DATA_LISTENING;
  return result;
};
prototype.off = prototype.removeListener;

prototype.removeAllListeners = function (event) {
  const result = Stream.prototype.removeAllListeners.apply(this, arguments);
  if (event === 'readable' || event === undefined) nextTick(updateListening, this);
  return result;
};

// updateListening finds the mode of a stream that lost a listener of 'readable'.
function updateListening(stream) {
  const s = stream._readableState;
  if (stream.listenerCount('readable') > 0) s.flags |= READABLE_LISTENING;
  else s.flags &= ~READABLE_LISTENING;
  if ((s.flags & (HAS_PAUSED | PAUSED | RESUME_SCHEDULED)) === (HAS_PAUSED | RESUME_SCHEDULED)) {
    s.flags |= HAS_FLOWING | FLOWING;
  } else if (s.flags & DATA_LISTENING) {
    stream.resume();
  } else if (!(s.flags & READABLE_LISTENING)) {
    s.flags &= ~(HAS_FLOWING | FLOWING);
  }
}

prototype.resume = function () {
  const s = this._readableState;
  if (!(s.flags & FLOWING)) {
    // A listener of 'readable' reads for itself.
    s.flags |= s.flags & READABLE_LISTENING ? HAS_FLOWING : HAS_FLOWING | FLOWING;
    if (!(s.flags & RESUME_SCHEDULED)) {
      s.flags |= RESUME_SCHEDULED;
      nextTick(resumeNow, this, s);
    }
  }
  s.flags = (s.flags & ~PAUSED) | HAS_PAUSED;
  return this;
};

function resumeNow(stream, s) {
  if (!(s.flags & READING)) stream.read(0);
  s.flags &= ~RESUME_SCHEDULED;
  stream.emit('resume');
  flow(stream);
  if ((s.flags & (FLOWING | READING)) === FLOWING) stream.read(0);
}

prototype.pause = function () {
  const s = this._readableState;
  if ((s.flags & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) {
    s.flags = (s.flags & ~FLOWING) | HAS_FLOWING;
    this.emit('pause');
  }
  s.flags |= HAS_PAUSED | PAUSED;
  return this;
};

function endReadable(stream) {
  const s = stream._readableState;
  if (s.flags & END_EMITTED) return;
  s.flags |= ENDED;
  nextTick(endNow, stream, s);
}

function endNow(stream, s) {
  if (s.flags & (ERRORED | CLOSE_EMITTED | END_EMITTED) || s.length > 0) return;
  s.flags |= END_EMITTED;
  stream.emit('end');
  if (stream.writable && stream.allowHalfOpen === false) {
    nextTick(endWritable, stream);
  } else if (s.flags & AUTO_DESTROY) {
    const w = stream._writableState;
    if (!w || (w.autoDestroy && (w.finished || w.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

native.useReadable(prototype.emit, enqueue, read, errorOrDestroy);
module.exports = Readable;
Stream.Readable = Readable;
require('internal/streams/pipe');
require('internal/streams/readable_properties');
