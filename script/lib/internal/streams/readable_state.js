// Copyright 2026 The duplex authors. MIT license.

// The state of a Readable. The fields that a chunk passes are Go's.

'use strict';

const state = require('internal/streams/state');
const { ERRORED, accessor } = state;

const native = binding('streams');
const {
  ENDED, END_EMITTED, READING, SYNC, NEED_READABLE, EMITTED_READABLE, READABLE_LISTENING, RESUME_SCHEDULED, MULTI_AWAIT_DRAIN,
  READING_MORE, DATA_EMITTED, DEFAULT_UTF8, DECODER, ENCODING, HAS_FLOWING, FLOWING, HAS_PAUSED, PAUSED,
} = native.readableBits;

const own = { objectMode: 'readableObjectMode', highWaterMark: 'readableHighWaterMark' }; // options of a Duplex

function ReadableState(options, stream, isDuplex) {
  const s = native.readable(stream, ReadableState.prototype);
  state.begin(s, options, stream, isDuplex, own, SYNC | DEFAULT_UTF8);
  s.decode = null;
  s.code = null;
  s.buffer = [];
  s.bufferIndex = 0; // of the next chunk in buffer
  s.pipes = [];
  if (options?.encoding) {
    s.decoder = decoderOf(options.encoding);
    s.encoding = options.encoding;
  }
  return s;
}

state.flagged(ReadableState.prototype, {
  ended: ENDED,
  endEmitted: END_EMITTED,
  reading: READING,
  sync: SYNC,
  needReadable: NEED_READABLE,
  emittedReadable: EMITTED_READABLE,
  readableListening: READABLE_LISTENING,
  resumeScheduled: RESUME_SCHEDULED,
  multiAwaitDrain: MULTI_AWAIT_DRAIN,
  readingMore: READING_MORE,
  dataEmitted: DATA_EMITTED,
}, DEFAULT_UTF8);
state.looks(
  ReadableState,
  ['highWaterMark', 'buffer', 'bufferIndex', 'length', 'pipes', 'awaitDrainWriters'],
  function* ({ flags, error, decode, code, utf }) {
    if (flags & ERRORED) yield ['kErroredValue', error];
    if (flags & DECODER) yield ['kDecoderValue', decode];
    if (flags & ENCODING) yield ['kEncodingValue', code];
    if (!(flags & DEFAULT_UTF8)) yield ['kDefaultEncodingValue', utf];
  },
);

// valued defines a field of the state that is a value and a bit that says it is set.
function valued(name, field, bit) {
  accessor(
    ReadableState.prototype,
    name,
    function () { return this.flags & bit ? this[field] : null; },
    function (value) {
      this[field] = value;
      if (value) this.flags |= bit;
      else this.flags &= ~bit;
    },
  );
}
valued('decoder', 'decode', DECODER);
valued('encoding', 'code', ENCODING);
accessor(
  ReadableState.prototype,
  'flowing',
  function () { return this.flags & HAS_FLOWING ? (this.flags & FLOWING) !== 0 : null; },
  function (value) {
    this.flags &= ~(HAS_FLOWING | FLOWING);
    if (value) this.flags |= HAS_FLOWING | FLOWING;
    else if (value !== null && value !== undefined) this.flags |= HAS_FLOWING;
  },
);
accessor(ReadableState.prototype, 'pipesCount', function () { return this.pipes.length; });
accessor(
  ReadableState.prototype,
  'paused',
  function () { return (this.flags & PAUSED) !== 0; },
  function (value) {
    this.flags |= HAS_PAUSED;
    if (value) this.flags |= PAUSED;
    else this.flags &= ~PAUSED;
  },
);

const OVER = ENDED | END_EMITTED;

ReadableState.prototype.again = function (stream) {
  state.again(this, READING | OVER);
  if (stream.readable === false) this.flags |= OVER;
};
Object.defineProperty(ReadableState.prototype, 'again', { enumerable: false });

function decoderOf(encoding) {
  const { StringDecoder } = require('string_decoder');
  return new StringDecoder(encoding);
}

module.exports = { ReadableState, decoderOf };
