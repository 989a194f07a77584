// Copyright 2026 The duplex authors. MIT license.

// Keys out of what a terminal sends: an escape sequence is one key.

'use strict';

const { StringDecoder } = require('string_decoder');

const ESC = '\x1b';

// Names by the code that a sequence has behind its escapes: xterm's, rxvt's, Putty's
// and those of the Linux console.
const names = {
  '[[A': 'f1', '[[B': 'f2', '[[C': 'f3', '[[D': 'f4', '[[E': 'f5', '[200~': 'paste-start', '[201~': 'paste-end',
  '[5~': 'pageup', '[6~': 'pagedown', '[[5~': 'pageup', '[[6~': 'pagedown', '[E': 'clear', OE: 'clear', '[Z': 'tab',
};
['f1', 'f2', 'f3', 'f4'].forEach((name, i) => {
  names[`O${'PQRS'[i]}`] = names[`[${'PQRS'[i]}`] = names[`[${11 + i}~`] = name;
});
[15, 17, 18, 19, 20, 21, 23, 24].forEach((code, i) => { names[`[${code}~`] = `f${5 + i}`; });
for (const [letter, name] of [['A', 'up'], ['B', 'down'], ['C', 'right'], ['D', 'left'], ['F', 'end'], ['H', 'home']]) {
  names[`[${letter}`] = names[`O${letter}`] = name;
}
['home', 'insert', 'delete', 'end'].forEach((name, i) => { names[`[${i + 1}~`] = name; });
names['[7~'] = 'home';
names['[8~'] = 'end';

// rxvt says by the last character which of Shift and Ctrl was held.
const held = {};
for (const [letter, name] of [['a', 'up'], ['b', 'down'], ['c', 'right'], ['d', 'left'], ['e', 'clear']]) {
  held[`[${letter}`] = { name, shift: true };
  held[`O${letter}`] = { name, ctrl: true };
}
for (const [digit, name] of [[2, 'insert'], [3, 'delete'], [5, 'pageup'], [6, 'pagedown'], [7, 'home'], [8, 'end']]) {
  held[`[${digit}$`] = { name, shift: true };
  held[`[${digit}^`] = { name, ctrl: true };
}
held['[Z'] = { name: 'tab', shift: true };

const single = { '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace', [ESC]: 'escape', ' ': 'space' };

const isDigit = (c) => c >= '0' && c <= '9';

// sizeAt returns how many code units the character at an index has.
exports.sizeAt = function (text, at) {
  if (text.length <= at) return 1; // so that moving to the right stays simple
  return text.codePointAt(at) >= 0x10000 ? 2 : 1;
};

exports.sizeBefore = function (text, at) {
  if (at <= 0) return 0;
  return (at > 1 && text.codePointAt(at - 2) >= 0x10000) || text.codePointAt(at - 1) >= 0x10000 ? 2 : 1;
};

// coded tells what a whole control sequence says: its code and the held keys.
function coded(key, code, command) {
  let match;
  let modifier = 0;
  if ((match = /^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/.exec(command))) {
    code += match[4] ?? match[1] + match[3];
    if (!match[4]) modifier = (match[2] || 1) - 1;
  } else if ((match = /^(?:(?:\d;)?(\d))?([A-Za-z])$/.exec(command))) {
    code += match[2];
    modifier = (match[1] || 1) - 1;
  } else {
    code += command;
  }
  finish(key, code, modifier);
}

function finish(key, code, modifier) {
  key.ctrl = (modifier & 4) !== 0;
  key.meta = (modifier & 10) !== 0;
  key.shift = (modifier & 1) !== 0;
  key.code = code;
  if (Object.hasOwn(held, code)) Object.assign(key, held[code]);
  else key.name = Object.hasOwn(names, code) ? names[code] : 'undefined';
}

// keysOf emits a key for each that comes, a character at a time. An empty character
// ends a sequence that was not one.
function* keysOf(stream) {
  for (;;) {
    let c = yield;
    let sequence = c;
    let escaped = false;
    const key = { sequence: null, name: undefined, ctrl: false, meta: false, shift: false };
    if (c === ESC) {
      escaped = true;
      sequence += c = yield;
      if (c === ESC) sequence += c = yield;
    }
    if (escaped && c === 'O') {
      let modifier = 0;
      sequence += c = yield;
      if (isDigit(c)) {
        modifier = c - 1;
        sequence += c = yield;
      }
      finish(key, `O${c}`, modifier);
    } else if (escaped && c === '[') {
      let code = c;
      sequence += c = yield;
      if (c === '[') {
        code += c;
        sequence += c = yield;
      }
      const start = sequence.length - 1;
      for (let digits = 0; digits < 3 && isDigit(c); digits++) sequence += c = yield;
      if (c === ';') {
        sequence += c = yield;
        if (isDigit(c)) sequence += yield;
      }
      coded(key, code, sequence.slice(start));
    } else if (Object.hasOwn(single, c)) {
      key.name = single[c];
      key.meta = escaped;
    } else if (!escaped && c <= '\x1a') {
      key.name = String.fromCharCode(c.charCodeAt(0) + 96);
      key.ctrl = true;
    } else if (/^[0-9A-Za-z]$/.test(c)) {
      key.name = c.toLowerCase();
      key.shift = /^[A-Z]$/.test(c);
      key.meta = escaped;
    } else if (escaped) {
      key.name = c.length > 0 ? undefined : 'escape';
      key.meta = true;
    }
    key.sequence = sequence;
    if (sequence.length !== 0 && (key.name !== undefined || escaped)) {
      stream.emit('keypress', escaped ? undefined : sequence, key);
    } else if (exports.sizeAt(sequence, 0) === sequence.length) {
      stream.emit('keypress', sequence, key);
    }
  }
}

const kDecoder = Symbol('keypress-decoder');
const kKeys = Symbol('escape-decoder');

// emitKeypressEvents has a stream emit 'keypress' while somebody listens. A line of rl's
// is not completed in the middle of what was pasted.
exports.emitKeypressEvents = function emitKeypressEvents(stream, rl = {}) {
  if (stream[kDecoder]) return;
  stream[kDecoder] = new StringDecoder('utf8');
  const begin = () => {
    stream[kKeys] = keysOf(stream);
    stream[kKeys].next();
  };
  begin();

  const { escapeCodeTimeout = 500 } = rl;
  const escape = () => stream[kKeys].next('');
  let timer;

  function onData(input) {
    if (stream.listenerCount('keypress') === 0) {
      stream.removeListener('data', onData);
      stream.on('newListener', onNewListener);
      return;
    }
    const text = stream[kDecoder].write(input);
    if (!text) return;
    clearTimeout(timer);
    rl._sawKeyPress = exports.sizeAt(text, 0) === text.length;
    rl.isCompletionEnabled = false;
    let length = 0;
    for (const c of text) {
      length += c.length;
      if (length === text.length) rl.isCompletionEnabled = true;
      try {
        stream[kKeys].next(c);
        if (length === text.length && c === ESC) timer = setTimeout(escape, escapeCodeTimeout);
      } catch (error) {
        begin(); // a listener threw
        throw error;
      }
    }
  }

  function onNewListener(event) {
    if (event !== 'keypress') return;
    stream.on('data', onData);
    stream.removeListener('newListener', onNewListener);
  }

  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onNewListener);
};
