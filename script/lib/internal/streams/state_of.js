// Copyright 2026 The duplex authors. MIT license.

// Questions to streams of any make: ours, scripts' own, and old ones that only have
// some fields. Null is the answer when the question does not apply.

'use strict';

const destroyedBefore = Symbol.for('nodejs.stream.destroyed');
const disturbed = Symbol.for('nodejs.stream.disturbed');
const errored = Symbol.for('nodejs.stream.errored');
const readableMark = Symbol.for('nodejs.stream.readable');
const writableMark = Symbol.for('nodejs.stream.writable');

// hasReadable reports whether there is something to read from by events.
function hasReadable(stream, strict = false) {
  return !!(
    stream &&
    typeof stream.pipe === 'function' &&
    typeof stream.on === 'function' &&
    (!strict || (typeof stream.pause === 'function' && typeof stream.resume === 'function')) &&
    (!stream._writableState || stream._readableState?.readable !== false) &&
    (!stream._writableState || stream._readableState)
  );
}
exports.hasReadable = hasReadable;

function hasWritable(stream) {
  return !!(
    stream &&
    typeof stream.write === 'function' &&
    typeof stream.on === 'function' &&
    (!stream._readableState || stream._writableState?.writable !== false)
  );
}
exports.hasWritable = hasWritable;

exports.isDuplex = (stream) =>
  !!(stream && stream._readableState && ['pipe', 'on', 'write'].every((name) => typeof stream[name] === 'function'));

function isStream(stream) {
  return !!stream && !!(
    stream._readableState ||
    stream._writableState ||
    (typeof stream.write === 'function' && typeof stream.on === 'function') ||
    (typeof stream.pipe === 'function' && typeof stream.on === 'function')
  );
}
exports.isStream = isStream;

// isIterable asks for an iterator: async if kind is true, plain if false, else any.
exports.isIterable = function (value, kind) {
  if (value == null) return false;
  if (kind === true) return typeof value[Symbol.asyncIterator] === 'function';
  if (kind === false) return typeof value[Symbol.iterator] === 'function';
  return typeof value[Symbol.asyncIterator] === 'function' || typeof value[Symbol.iterator] === 'function';
};

function isDestroyed(stream) {
  if (!isStream(stream)) return null;
  const s = stream._writableState || stream._readableState;
  return !!(stream.destroyed || stream[destroyedBefore] || s?.destroyed);
}
exports.isDestroyed = isDestroyed;

function isWritableEnded(stream) {
  if (!hasWritable(stream)) return null;
  if (stream.writableEnded === true) return true;
  const s = stream._writableState;
  if (s?.errored) return false;
  return typeof s?.ended === 'boolean' ? s.ended : null;
}
exports.isWritableEnded = isWritableEnded;

function isWritableFinished(stream, strict = true) {
  if (!hasWritable(stream)) return null;
  if (stream.writableFinished === true) return true;
  const s = stream._writableState;
  if (s?.errored) return false;
  if (typeof s?.finished !== 'boolean') return null;
  return !!(s.finished || (!strict && s.ended === true && s.length === 0));
}
exports.isWritableFinished = isWritableFinished;

function isReadableFinished(stream, strict = true) {
  if (!hasReadable(stream)) return null;
  const s = stream._readableState;
  if (s?.errored) return false;
  if (typeof s?.endEmitted !== 'boolean') return null;
  return !!(s.endEmitted || (!strict && s.ended === true && s.length === 0));
}
exports.isReadableFinished = isReadableFinished;

function isReadable(stream) {
  if (stream && stream[readableMark] != null) return stream[readableMark];
  if (typeof stream?.readable !== 'boolean') return null;
  if (isDestroyed(stream)) return false;
  return hasReadable(stream) && stream.readable && !isReadableFinished(stream);
}
exports.isReadable = isReadable;

function isWritable(stream) {
  if (stream && stream[writableMark] != null) return stream[writableMark];
  if (typeof stream?.writable !== 'boolean') return null;
  if (isDestroyed(stream)) return false;
  return hasWritable(stream) && stream.writable && !isWritableEnded(stream);
}
exports.isWritable = isWritable;

// isFinished reports whether both sides, as far as there are any, have ended.
exports.isFinished = function (stream) {
  if (!isStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  return !isReadable(stream) && !isWritable(stream);
};

// readError and writeError return the error of a side, or true if that is unknown.
exports.writeError = function (stream) {
  if (!isStream(stream)) return null;
  return stream.writableErrored || (stream._writableState?.errored ?? null);
};

exports.readError = function (stream) {
  if (!isStream(stream)) return null;
  return stream.readableErrored || (stream._readableState?.errored ?? null);
};

exports.isClosed = function (stream) {
  if (!isStream(stream)) return null;
  if (typeof stream.closed === 'boolean') return stream.closed;
  const w = stream._writableState;
  const r = stream._readableState;
  if (typeof w?.closed === 'boolean' || typeof r?.closed === 'boolean') return !!(w?.closed || r?.closed);
  return null;
};

// willClose reports whether 'close' is to be expected.
exports.willClose = function (stream) {
  if (!isStream(stream)) return null;
  const s = stream._writableState || stream._readableState;
  return !!(s && s.autoDestroy && s.emitClose && s.closed === false);
};

exports.isDisturbed = function isDisturbed(stream) {
  return !!(stream && (stream[disturbed] ?? (stream.readableDidRead || stream.readableAborted)));
};

exports.isErrored = function isErrored(stream) {
  return !!(stream && (
    stream[errored] ??
    stream.readableErrored ??
    stream.writableErrored ??
    stream._readableState?.errorEmitted ??
    stream._writableState?.errorEmitted ??
    stream._readableState?.errored ??
    stream._writableState?.errored
  ));
};
