// Copyright 2026 The duplex authors. MIT license.

// Two ends of a connection in one process: what each was told comes in order, but
// nothing says which of them is told first. So each has a list of its own, printed
// at the end.

'use strict';

const sides = new Map();

function tell(side, ...words) {
  if (!sides.has(side)) sides.set(side, []);
  sides.get(side).push(words.map((word) => (typeof word === 'string' ? word : String(word))).join(' '));
}

// Messages of errors have ports in them, which are never the same.
function said(error) {
  return `${error.code} ${error.message.replace(/:\d{2,5}\b/g, ':PORT')}`;
}

const details = {
  data: (chunk) => chunk.toString(),
  error: said,
  close: (hadError) => (hadError === undefined ? '' : String(hadError)),
  default: () => '',
};

function watch(side, emitter, ...events) {
  for (const event of events) {
    const detail = details[event] || details.default;
    emitter.on(event, (...args) => tell(side, `${event} ${detail(...args)}`.trim()));
  }
  return emitter;
}

process.on('exit', () => {
  for (const [side, lines] of [...sides].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${side}:\n  ${lines.join('\n  ')}`);
  }
});

module.exports = { tell, watch, said };
