// Copyright 2026 The duplex authors. MIT license.

// Streams of bytes: their controller, and the reader that brings its own buffer. Buffers
// are not taken from their owners, as they are in Node; what was read is in a new view.

'use strict';

const { invalid, refused, wrongType, check, isObject, method, nothing, failed, finish } = require('internal/web/common');
const { codes } = require('internal/errors');
const readable = require('internal/web/readable');

const { kState } = readable;
const kMake = Symbol('make');

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// A Room is a buffer to be filled, and who waits for that: a request, or nobody any
// more, or, where the controller made it itself, the default reader.
class Room {
  filled = 0;

  constructor(view, least, request) {
    this.Type = view.constructor;
    this.unit = view.BYTES_PER_ELEMENT ?? 1;
    this.bytes = bytesOf(view);
    this.least = least * this.unit;
    this.request = request;
  }

  get rest() {
    return this.bytes.subarray(this.filled);
  }

  // take copies what it can from the queue, and reports whether it has enough.
  take(queue) {
    while (queue.size > 0 && this.filled < this.bytes.length) {
      const piece = queue.take(this.bytes.length - this.filled);
      this.bytes.set(piece, this.filled);
      this.filled += piece.length;
    }
    return this.filled >= this.least;
  }

  // view returns what was filled, but for a part of an element.
  view() {
    return new this.Type(this.bytes.buffer, this.bytes.byteOffset, Math.floor(this.filled / this.unit));
  }

  give(done) {
    if (done) this.request.close(this.view());
    else this.request.chunk(this.view());
  }
}

// Bytes that wait.
class Bytes {
  pieces = [];
  size = 0;

  push(piece) {
    this.pieces.push(piece);
    this.size += piece.length;
  }

  // take returns the next bytes, at most so many.
  take(most) {
    const piece = this.pieces.shift();
    if (piece.length > most) this.pieces.unshift(piece.subarray(most));
    const taken = piece.length > most ? piece.subarray(0, most) : piece;
    this.size -= taken.length;
    return taken;
  }

  clear() {
    this.pieces = [];
    this.size = 0;
  }
}

class Control {
  queue = new Bytes();
  rooms = [];
  started = false;
  pulling = false;
  again = false;
  closing = false;
  asked = null; // the ReadableStreamBYOBRequest for the first room

  constructor(stream) {
    this.stream = stream;
  }

  get desired() {
    const { phase } = this.stream[kState];
    if (phase === 'errored') return null;
    return phase === 'closed' ? 0 : this.highWaterMark - this.queue.size;
  }

  get takes() {
    return !this.closing && this.stream[kState].phase === 'readable';
  }

  more() {
    if (!this.takes || !this.started || !(readable.waiting(this.stream) > 0 || this.rooms.length > 0 || this.desired > 0)) return;
    if (this.pulling) {
      this.again = true;
      return;
    }
    this.pulling = true;
    this.pull(this.controller).then(() => {
      this.pulling = false;
      if (!this.again) return;
      this.again = false;
      this.more();
    }, (error) => this.fail(error));
  }

  forget() {
    this.pull = this.stop = nothing;
  }

  // drop ends the request that stands for the first room.
  drop() {
    if (this.asked !== null) this.asked[kState] = undefined;
    this.asked = null;
  }

  get defaultReader() {
    const reader = this.stream[kState].reader?.[kState];
    return reader !== undefined && !reader.byob ? reader : undefined;
  }

  enqueue(view) {
    if (view.byteLength === 0) throw invalid('chunk ArrayBuffer is zero-length or detached');
    const piece = bytesOf(view);
    this.drop();
    if (this.rooms.length > 0 && this.rooms[0].request === undefined) this.orphan();
    const reader = this.defaultReader;
    if (reader !== undefined && reader.requests.length > 0) {
      if (this.rooms.length > 0) this.rooms.shift(); // its own: the script has brought another
      reader.requests.shift().chunk(piece);
    } else {
      this.queue.push(piece);
      this.fill();
    }
    this.more();
  }

  // orphan puts what a room had got before its reader left into the queue.
  orphan() {
    const room = this.rooms.shift();
    if (room.filled > 0) this.queue.push(room.bytes.slice(0, room.filled));
  }

  // fill gives rooms what is in the queue.
  fill() {
    while (this.rooms.length > 0 && this.queue.size > 0) {
      if (!this.rooms[0].take(this.queue)) return;
      this.commit(this.rooms.shift());
    }
  }

  // commit gives a room that has enough to who waits for it. What is left of an element
  // waits on.
  commit(room) {
    const left = room.filled % room.unit;
    if (left > 0) {
      this.queue.pieces.unshift(room.bytes.slice(room.filled - left, room.filled));
      this.queue.size += left;
      room.filled -= left;
    }
    room.give(false);
  }

  respond(written) {
    const [room] = this.rooms;
    if (this.stream[kState].phase === 'closed') {
      if (written !== 0) throw invalid('bytesWritten must be 0 when calling respond() on a closed stream');
      this.drop();
      for (const one of this.rooms.splice(0)) one.request?.close(one.view());
      return;
    }
    if (written === 0) throw invalid('bytesWritten must be greater than 0 when calling respond() on a readable stream');
    if (room.filled + written > room.bytes.length) throw refused('bytesWritten', written, RangeError);
    this.drop();
    room.filled += written;
    if (room.request === undefined) {
      this.orphan();
      this.fill();
    } else if (room.filled >= room.least) {
      this.commit(this.rooms.shift());
      this.fill();
    }
    this.more();
  }

  close() {
    if (this.queue.size > 0) {
      this.closing = true;
      return;
    }
    if (this.rooms.length > 0 && this.rooms[0].filled % this.rooms[0].unit !== 0) {
      const error = invalid('Partial read');
      this.fail(error);
      throw error;
    }
    this.end();
  }

  end() {
    this.closing = true;
    this.forget();
    readable.close(this.stream);
  }

  fail(error) {
    if (this.stream[kState].phase !== 'readable') return;
    this.drop();
    const rooms = this.rooms.splice(0);
    this.queue.clear();
    this.forget();
    readable.fail(this.stream, error);
    for (const room of rooms) if (!room.own) room.request?.error(error);
  }

  // drained goes on after bytes have left the queue.
  drained() {
    if (this.queue.size === 0 && this.closing) this.end();
    else this.more();
  }

  // What the stream asks of its controller.

  read(request) {
    if (this.queue.size > 0) {
      const piece = this.queue.take(Infinity);
      this.drained();
      request.chunk(piece);
      return;
    }
    const { requests } = this.stream[kState].reader[kState];
    requests.push(request);
    if (this.allocate !== undefined) {
      const room = new Room(new Uint8Array(this.allocate), 1, {
        chunk: (view) => requests.shift()?.chunk(view),
        close: () => {},
      });
      room.own = true;
      this.rooms.push(room);
    }
    this.more();
  }

  readInto(view, least, request) {
    const room = new Room(view, least, request);
    if (this.stream[kState].phase === 'closed') {
      room.give(true);
      return;
    }
    if (this.rooms.length === 0 && this.queue.size > 0) {
      if (room.take(this.queue)) {
        this.commit(room);
        this.drained();
        return;
      }
      if (this.closing) {
        const error = invalid('Insufficient bytes to fill elements in the given buffer');
        this.fail(error);
        request.error(error);
        return;
      }
    }
    this.rooms.push(room);
    this.more();
  }

  cancel(reason) {
    this.drop();
    for (const room of this.rooms.splice(0)) if (!room.own) room.request?.close(undefined);
    this.queue.clear();
    const stopped = this.stop(reason);
    this.forget();
    return stopped;
  }

  // release is called when the reader leaves: the script may still fill the first room.
  release() {
    if (this.rooms.length === 0) return;
    const released = invalid('Releasing reader');
    for (const room of this.rooms) {
      if (!room.own) room.request?.error(released);
      room.request = undefined;
    }
    this.rooms.length = 1;
  }
}

class ReadableByteStreamController {
  constructor(key, stream) {
    if (key !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = new Control(stream);
  }

  get byobRequest() {
    check(this[kState] instanceof Control, 'ReadableByteStreamController');
    const control = this[kState];
    if (control.asked === null && control.rooms.length > 0) control.asked = new ReadableStreamBYOBRequest(kMake, control);
    return control.asked;
  }

  get desiredSize() {
    check(this[kState] instanceof Control, 'ReadableByteStreamController');
    return this[kState].desired;
  }

  close() {
    check(this[kState] instanceof Control, 'ReadableByteStreamController');
    if (!this[kState].takes) throw invalid('Controller is already closed');
    this[kState].close();
  }

  enqueue(chunk) {
    check(this[kState] instanceof Control, 'ReadableByteStreamController');
    if (!ArrayBuffer.isView(chunk)) throw wrongType('buffer', ['Buffer', 'TypedArray', 'DataView'], chunk);
    if (!this[kState].takes) throw invalid('Controller is already closed');
    this[kState].enqueue(chunk);
  }

  error(error = undefined) {
    check(this[kState] instanceof Control, 'ReadableByteStreamController');
    this[kState].fail(error);
  }
}
Object.defineProperty(ReadableByteStreamController, 'length', { value: 0 });

class ReadableStreamBYOBRequest {
  #view;

  constructor(key, control) {
    if (key !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this[kState] = control;
    this.#view = control.rooms[0].rest;
  }

  get view() {
    check(#view in this, 'ReadableStreamBYOBRequest');
    return this[kState] === undefined ? null : this.#view;
  }

  respond(bytesWritten) {
    check(#view in this, 'ReadableStreamBYOBRequest');
    if (this[kState] === undefined) throw invalid('This BYOB request has been invalidated');
    this[kState].respond(Number(bytesWritten));
  }

  respondWithNewView(view) {
    check(#view in this, 'ReadableStreamBYOBRequest');
    if (this[kState] === undefined) throw invalid('This BYOB request has been invalidated');
    if (!ArrayBuffer.isView(view)) throw wrongType('view', ['Buffer', 'TypedArray', 'DataView'], view);
    const [room] = this[kState].rooms;
    if (view.buffer !== this.#view.buffer) room.rest.set(bytesOf(view));
    this[kState].respond(view.byteLength);
  }
}
Object.defineProperty(ReadableStreamBYOBRequest, 'length', { value: 0 });

const isReader = (value) => isObject(value) && value[kState]?.byob === true;

class ReadableStreamBYOBReader {
  constructor(stream) {
    if (!readable.isReadable(stream)) throw wrongType('stream', 'ReadableStream', stream);
    if (stream.locked) throw invalid('ReadableStream is locked');
    if (!(stream[kState].controller[kState] instanceof Control)) {
      const error = new codes.ERR_INVALID_ARG_VALUE('stream', stream, 'must be a byte stream');
      throw error;
    }
    readable.attach(this, stream, true);
  }

  read(view, options = {}) {
    if (!isReader(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    const { stream } = this[kState];
    try {
      if (!ArrayBuffer.isView(view)) throw wrongType('view', ['Buffer', 'TypedArray', 'DataView'], view);
      if (view.byteLength === 0 || view.buffer.byteLength === 0) throw invalid('View or Viewed ArrayBuffer is zero-length or detached');
      if (stream === undefined) throw invalid('The reader is not attached to a stream');
    } catch (error) {
      return failed(error);
    }
    const least = options?.min ?? 1;
    const state = stream[kState];
    state.disturbed = true;
    if (state.phase === 'errored') return failed(state.error);
    return new Promise((resolve, reject) => {
      state.controller[kState].readInto(view, least, {
        chunk: (value) => resolve({ value, done: false }),
        close: (value) => resolve({ value, done: true }),
        error: reject,
      });
    });
  }

  releaseLock() {
    check(isReader(this), 'ReadableStreamBYOBReader');
    readable.detach(this);
  }

  get closed() {
    if (!isReader(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    return this[kState].closed.promise;
  }

  cancel(reason = undefined) {
    if (!isReader(this)) return failed(new codes.ERR_INVALID_THIS('ReadableStreamBYOBReader'));
    if (this[kState].stream === undefined) return failed(invalid('The reader is not attached to a stream'));
    return readable.cancel(this[kState].stream, reason);
  }
}

// control gives a stream the controller of a script's source of bytes.
exports.control = function (stream, source, highWaterMark) {
  const controller = new ReadableByteStreamController(kMake, stream);
  const control = controller[kState];
  const { start, autoAllocateChunkSize: allocate } = source;
  if (allocate !== undefined && !(Number.isInteger(allocate) && allocate > 0)) throw refused('source.autoAllocateChunkSize', allocate);
  if (start !== undefined && typeof start !== 'function') throw new TypeError('Bind must be called on a function');
  Object.assign(control, {
    controller, highWaterMark, allocate, pull: method(source, 'pull') ?? nothing, stop: method(source, 'cancel') ?? nothing,
  });
  stream[kState].controller = controller;
  Promise.resolve(start?.call(source, controller)).then(() => {
    control.started = true;
    control.more();
  }, (error) => control.fail(error));
};

finish(ReadableByteStreamController, ['byobRequest', 'desiredSize', 'close', 'enqueue', 'error'], () => ({}));
finish(ReadableStreamBYOBRequest, ['view', 'respond', 'respondWithNewView'], function () {
  return { view: this.view, controller: this[kState]?.controller };
});
finish(ReadableStreamBYOBReader, ['closed', 'read', 'releaseLock', 'cancel'], function () {
  return { stream: this[kState].stream, requests: this[kState].requests.length, close: this[kState].closed.promise };
});

Object.assign(exports, { ReadableByteStreamController, ReadableStreamBYOBRequest, ReadableStreamBYOBReader });
