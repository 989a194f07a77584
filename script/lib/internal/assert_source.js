// Copyright 2026 The duplex authors. MIT license.

// The text of the call of assert that failed.

'use strict';

const place = /\(?((?:\/|[A-Za-z]:\\)[^()]*):(\d+):(\d+)\)?$/;

// falsy returns the message of the assertion f, called by the script; undefined
// if its source cannot be read.
exports.falsy = function (f) {
  const at = {};
  if (Error.captureStackTrace) Error.captureStackTrace(at, f);
  else at.stack = new Error('').stack;
  for (const line of String(at.stack).split('\n').slice(1)) {
    const found = place.exec(line);
    if (found === null) {
      if (line.includes('node:') || !/^\s*at /.test(line)) continue;
      return undefined;
    }
    const text = callAt(found[1], Number(found[2]), Number(found[3]));
    return text && `The expression evaluated to a falsy value:\n\n  ${text}\n`;
  }
  return undefined;
};

function callAt(file, line, column) {
  let source;
  try {
    source = require('fs').readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  let from = 0;
  for (let i = 1; i < line; i++) {
    from = source.indexOf('\n', from) + 1;
    if (from === 0) return undefined;
  }
  from += column - 1;
  const open = source.indexOf('(', from);
  if (open < 0 || /[^\w$.\s]/.test(source.slice(from, open))) return undefined;
  while (from > 0 && /[\w$.]/.test(source[from - 1])) from--;
  const end = closing(source, open);
  if (end < 0) return undefined;
  // Lines after the first lose the margin of the first.
  const margin = /[^\n]*$/.exec(source.slice(0, from))[0].length;
  const [first, ...others] = source.slice(from, end + 1).split('\n');
  return [first, ...others.map((other) => `  ${other.slice(Math.min(margin, /^\s*/.exec(other)[0].length))}`)].join('\n');
}

// closing returns where the parenthesis ends that is opened at i, -1 if nowhere.
function closing(source, i) {
  let depth = 0;
  for (; i < source.length; i++) {
    const char = source[i];
    if (char === '"' || char === "'" || char === '`') {
      for (i++; i < source.length && source[i] !== char; i++) if (source[i] === '\\') i++;
    } else if ('([{'.includes(char)) {
      depth++;
    } else if (')]}'.includes(char) && --depth === 0) {
      return i;
    }
  }
  return -1;
}
