// Copyright 2026 The duplex authors. MIT license.

// Where an 'error' event that nobody heard was emitted: told with the error if it
// ends the script.

'use strict';

const places = new WeakMap(); // by error: { on, stack }

exports.remember = function (error, emitter) {
  const maker = emitter.constructor && emitter.constructor.name;
  places.set(error, { on: maker && maker !== 'EventEmitter' ? ` on ${maker} instance` : '', stack: new Error().stack });
};

// describe returns the text that belongs behind the stack of error.
exports.describe = function (error) {
  const place = places.get(error);
  if (place === undefined) return '';
  const frames = framesOf(place.stack);
  let at = 0; // behind emit's own
  while (at < frames.length && !/\bemit\b/.test(frames[at])) at++;
  const rest = frames.slice(at < frames.length ? at + 1 : 0);
  return `\nEmitted 'error' event${place.on} at:\n${abridged(rest, framesOf(error.stack)).join('\n')}`;
};

function framesOf(stack) {
  return String(stack).split('\n').filter((line) => /^ {4}at /.test(line));
}

// abridged leaves out what the end of frames has in common with that of others,
// but for its first and last line.
function abridged(frames, others) {
  let same = 0;
  while (same < frames.length && same < others.length &&
    frames[frames.length - 1 - same] === others[others.length - 1 - same]) same++;
  if (same <= 3) return frames;
  const start = frames.length - same;
  return [...frames.slice(0, start + 1), '    [... lines matching original stack trace ...]', frames[frames.length - 1]];
}
