// Copyright 2026 The duplex authors. MIT license.

// How a stream is made ready, and how it ends: for both sides at once.

'use strict';

const { codes, AbortError } = require('internal/errors');
const {
  AUTO_DESTROY, CLOSED, CLOSE_EMITTED, CONSTRUCTED, DESTROYED, EMIT_CLOSE, ERRORED, ERROR_EMITTED,
} = require('internal/streams/state');

const { nextTick } = process;

// Actions that wait for _construct, by stream.
const waiting = new WeakMap();

// fail notes the error in the states that have none yet.
function fail(r, w, error) {
  error.stack; // made now, where the frames are of interest
  if (w && !(w.flags & ERRORED)) w.errored = error;
  if (r && !(r.flags & ERRORED)) r.errored = error;
}

function set(r, w, bits) {
  if (w) w.flags |= bits;
  if (r) r.flags |= bits;
}

function combined(a, b) {
  if (!a || !b || a === b) return a || b;
  if (Array.isArray(b.errors)) {
    b.errors.push(a);
    return b;
  }
  const both = new AggregateError([b, a], b.message);
  both.code = b.code;
  return both;
}
exports.combined = combined;

function destroy(error, callback) {
  const r = this._readableState;
  const w = this._writableState;
  const s = w || r;
  if ((w && w.flags & DESTROYED) || (r && r.flags & DESTROYED)) {
    if (typeof callback === 'function') callback();
    return this;
  }
  if (error) fail(r, w, error);
  set(r, w, DESTROYED);
  if (s.flags & CONSTRUCTED) {
    tearDown(this, error, callback);
  } else {
    waiting.get(this).destroyed = (second) => tearDown(this, combined(second, error), callback);
  }
  return this;
}
exports.destroy = destroy;

function tearDown(stream, error, callback) {
  let called = false;
  const done = (problem) => {
    if (called) return;
    called = true;
    const r = stream._readableState;
    const w = stream._writableState;
    if (problem) fail(r, w, problem);
    set(r, w, CLOSED);
    if (typeof callback === 'function') callback(problem);
    if (problem) nextTick(tellErrorAndClose, stream, problem);
    else nextTick(tellClose, stream);
  };
  try {
    stream._destroy(error || null, done);
  } catch (problem) {
    done(problem);
  }
}

function tellErrorAndClose(stream, error) {
  tellError(stream, error);
  tellClose(stream);
}

function tellClose(stream) {
  const r = stream._readableState;
  const w = stream._writableState;
  set(r, w, CLOSE_EMITTED);
  if ((w && w.flags & EMIT_CLOSE) || (r && r.flags & EMIT_CLOSE)) stream.emit('close');
}

function tellError(stream, error) {
  const r = stream._readableState;
  const w = stream._writableState;
  if ((w && w.flags & ERROR_EMITTED) || (r && r.flags & ERROR_EMITTED)) return;
  set(r, w, ERROR_EMITTED);
  stream.emit('error', error);
}

// undestroy makes a closed stream as good as new; net.Socket connects again by it.
function undestroy() {
  this._readableState?.again(this);
  this._writableState?.again(this);
}

// destroyable gives the prototype of a stream what it is destroyed by.
exports.destroyable = function (prototype) {
  prototype.destroy = destroy;
  prototype._undestroy = undestroy;
  prototype._destroy = function (error, callback) {
    callback(error);
  };
  prototype[Symbol.for('nodejs.rejection')] = function (error) {
    this.destroy(error);
  };
};

// disposal returns the method for await using: it destroys a stream, which isOver
// says of what its side has come to, and waits for its end.
exports.disposal = (isOver) => function () {
  let error;
  if (!this.destroyed) {
    error = isOver(this) ? null : new AbortError();
    this.destroy(error);
  }
  return new Promise((resolve, reject) => {
    require('internal/streams/finished').finished(this, (problem) => {
      if (problem && problem !== error) reject(problem);
      else resolve(null);
    });
  });
};

// errorOrDestroy destroys a stream that wants that after an error, and otherwise
// only tells of it; in the next tick if sync.
exports.errorOrDestroy = function (stream, error, sync = false) {
  const r = stream._readableState;
  const w = stream._writableState;
  if ((w && w.flags & DESTROYED) || (r && r.flags & DESTROYED)) return;
  if ((r && r.flags & AUTO_DESTROY) || (w && w.flags & AUTO_DESTROY)) {
    stream.destroy(error);
  } else if (error) {
    fail(r, w, error);
    if (sync) nextTick(tellError, stream, error);
    else tellError(stream, error);
  }
};

// construct calls _construct in the next tick, if there is one, and ready once that
// is through. A Duplex calls it once for each of its sides.
exports.construct = function (stream, ready) {
  if (typeof stream._construct !== 'function') return;
  const r = stream._readableState;
  const w = stream._writableState;
  if (r) r.flags &= ~CONSTRUCTED;
  if (w) w.flags &= ~CONSTRUCTED;
  const known = waiting.get(stream);
  if (known) {
    known.ready.push(ready);
    return;
  }
  waiting.set(stream, { ready: [ready], destroyed: null });
  nextTick(constructNow, stream);
};

function constructNow(stream) {
  let called = false;
  const done = (error) => {
    if (called) {
      exports.errorOrDestroy(stream, error ?? new codes.ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    const r = stream._readableState;
    const w = stream._writableState;
    const s = w || r;
    set(r, w, CONSTRUCTED);
    const { ready, destroyed } = waiting.get(stream);
    if (s.flags & DESTROYED) {
      if (destroyed) destroyed(error);
    } else if (error) {
      exports.errorOrDestroy(stream, error, true);
    } else {
      ready.forEach((f) => f());
    }
  };
  try {
    stream._construct((error) => nextTick(done, error));
  } catch (error) {
    nextTick(done, error);
  }
}

function tellCloseLegacy(stream) {
  stream.emit('close');
}

function tellErrorLegacy(stream, error) {
  stream.emit('error', error);
  nextTick(tellCloseLegacy, stream);
}

const isRequest = (stream) => stream && stream.setHeader && typeof stream.abort === 'function';

// destroyer destroys whatever can be destroyed, streams of others included.
exports.destroyer = function destroyer(stream, error) {
  const { isDestroyed, isFinished } = require('internal/streams/state_of');
  if (!stream || isDestroyed(stream)) return;
  if (!error && !isFinished(stream)) error = new AbortError();
  if (isRequest(stream)) stream.abort();
  else if (isRequest(stream.req)) stream.req.abort();
  else if (typeof stream.destroy === 'function') stream.destroy(error);
  else if (typeof stream.close === 'function') stream.close();
  else if (error) nextTick(tellErrorLegacy, stream, error);
  else nextTick(tellCloseLegacy, stream);
  if (!stream.destroyed) stream[Symbol.for('nodejs.stream.destroyed')] = true;
};
