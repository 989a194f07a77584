// Copyright 2026 The duplex authors. MIT license.

// readable.wrap: an old stream, that only has events, as the source of a Readable.

'use strict';

const { errorOrDestroy } = require('internal/streams/destroy');

module.exports = function (readable, old) {
  let paused = false;

  old.on('data', (chunk) => {
    if (!readable.push(chunk) && old.pause) {
      paused = true;
      old.pause();
    }
  });
  old.on('end', () => readable.push(null));
  old.on('error', (error) => errorOrDestroy(readable, error));
  old.on('close', () => readable.destroy());
  old.on('destroy', () => readable.destroy());

  readable._read = () => {
    if (!paused || !old.resume) return;
    paused = false;
    old.resume();
  };

  for (const name of Object.keys(old)) {
    if (readable[name] === undefined && typeof old[name] === 'function') readable[name] = old[name].bind(old);
  }
};
