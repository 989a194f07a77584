// Copyright 2026 The duplex authors. MIT license.

// compose: a pipeline as one Duplex.

'use strict';

const { codes, AbortError } = require('internal/errors');
const { destroyer } = require('internal/streams/destroy');
const of = require('internal/streams/state_of');
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

  let ondrain = null;
  let onfinish = null;
  let onreadable = null;
  let onclose = null;
  let d;

  const first = streams[0];
  const last = pipeline(streams, (error) => {
    const callback = onclose;
    onclose = null;
    if (callback) callback(error);
    else if (error) d.destroy(error);
    else if (!readable && !writable) d.destroy();
  });
  const writable = !!of.isWritable(first);
  const readable = !!of.isReadable(last);
  d = new Duplex({
    writableObjectMode: !!first?.writableObjectMode,
    readableObjectMode: !!last?.readableObjectMode,
    writable,
    readable,
  });

  if (writable) {
    d._write = (chunk, encoding, callback) => {
      if (first.write(chunk, encoding)) callback();
      else ondrain = callback;
    };
    d._final = (callback) => {
      first.end();
      onfinish = callback;
    };
    first.on('drain', () => {
      const callback = ondrain;
      ondrain = null;
      if (callback) callback();
    });
    require('internal/streams/finished').finished(last, () => {
      const callback = onfinish;
      onfinish = null;
      if (callback) callback();
    });
  }
  if (readable) {
    last.on('readable', () => {
      const f = onreadable;
      onreadable = null;
      if (f) f();
    });
    last.on('end', () => d.push(null));
    d._read = () => {
      for (;;) {
        const chunk = last.read();
        if (chunk === null) {
          onreadable = d._read;
          return;
        }
        if (!d.push(chunk)) return;
      }
    };
  }
  d._destroy = (error, callback) => {
    if (!error && onclose !== null) error = new AbortError();
    onreadable = null;
    ondrain = null;
    onfinish = null;
    if (onclose === null && last.destroyed && first.destroyed) {
      callback(error);
      return;
    }
    onclose = callback;
    destroyer(last, error);
  };
  return d;
};
