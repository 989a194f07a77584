// Copyright 2026 The duplex authors. MIT license.

// compose: a pipeline as one Duplex.

'use strict';

const { codes } = require('internal/errors');
const bridge = require('internal/streams/bridge');
const { destroyer } = require('internal/streams/destroy');
const of = require('internal/streams/state_of');
const { finished } = require('internal/streams/finished');
const { pipeline } = require('internal/streams/pipeline');
const Duplex = require('internal/streams/duplex');

module.exports = function compose(...streams) {
  if (streams.length === 0) throw new codes.ERR_MISSING_ARGS('streams');
  if (streams.length === 1) return Duplex.from(streams[0]);
  const given = [...streams];
  if (typeof streams[0] === 'function') streams[0] = Duplex.from(streams[0]);
  const end = streams.length - 1;
  if (typeof streams[end] === 'function') streams[end] = Duplex.from(streams[end]);
  streams.forEach((stream, i) => {
    if (!of.isStream(stream)) return;
    const name = `streams[${i}]`;
    if (i < end && !of.isReadable(stream)) throw new codes.ERR_INVALID_ARG_VALUE(name, given[i], 'must be readable');
    if (i > 0 && !of.isWritable(stream)) throw new codes.ERR_INVALID_ARG_VALUE(name, given[i], 'must be writable');
  });

  const first = streams[0];
  const last = pipeline(streams, (error) => {
    if (!ended(error) && !error && !to && !from) d.destroy();
  });
  const to = of.isWritable(first) ? first : null;
  const from = of.isReadable(last) ? last : null;
  const d = new Duplex({
    writableObjectMode: !!first?.writableObjectMode,
    readableObjectMode: !!last?.readableObjectMode,
    writable: to !== null,
    readable: from !== null,
  });
  const ended = bridge(d, {
    from,
    to,
    hasAll: (f) => finished(last, f),
    stop: (error) => destroyer(last, error),
  });
  return d;
};
