// Copyright 2026 The duplex authors. MIT license.

// Lines of a stream, and questions. A terminal edits its lines by itself.

'use strict';

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { codes, define, AbortError } = require('internal/errors');
const { validateFunction, validateNumber, validateAbortSignal } = require('internal/validators');

if (!codes.ERR_USE_AFTER_CLOSE) define('ERR_USE_AFTER_CLOSE', Error, (name) => `${name} was closed`);
if (!codes.ERR_INVALID_CURSOR_POS) define('ERR_INVALID_CURSOR_POS', TypeError, 'Cannot set cursor row without setting its column');

const ending = /\r\n|\n|\r/;

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  EventEmitter.call(this);
  let options = {};
  if (input && input.input) {
    options = input;
    ({ input, output, completer, terminal } = options);
    if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  }
  if (completer !== undefined && completer !== null && typeof completer !== 'function') throw new codes.ERR_INVALID_ARG_VALUE('completer', completer);
  const { crlfDelay, history, historySize = 30 } = options;
  if (history !== undefined && !Array.isArray(history)) throw new codes.ERR_INVALID_ARG_TYPE('history', 'Array', history);
  validateNumber(historySize, 'historySize', 0);
  this.line = '';
  this.cursor = 0;
  this.input = input;
  this.output = output;
  this.completer = completer;
  this.terminal = terminal === undefined ? !!(output && output.isTTY) : !!terminal;
  this.crlfDelay = crlfDelay ? Math.max(100, crlfDelay) : 100;
  this.historySize = historySize;
  this.history = history || [];
  this.closed = false;
  this.paused = false;
  this._prompt = `${options.prompt === undefined ? '> ' : options.prompt}`;
  this._answer = null; // of the question that is asked
  this._decoder = new StringDecoder('utf8');
  this._partial = ''; // a line that has not ended yet
  this._returned = 0; // when the last line ended in \r
  this._listeners = {
    data: (chunk) => receive(this, chunk),
    end: () => {
      const rest = this._partial + this._decoder.end();
      this._partial = '';
      if (rest !== '') this.emit('line', rest);
      this.close();
    },
    error: (error) => this.emit('error', error),
  };
  if (input) {
    input.on('error', this._listeners.error);
    input.on('data', this._listeners.data);
    input.on('end', this._listeners.end);
    if (typeof input.resume === 'function') input.resume();
  }
  const { signal } = options;
  if (signal) {
    const close = () => this.close();
    if (signal.aborted) process.nextTick(close);
    else {
      signal.addEventListener('abort', close, { once: true });
      this.once('close', () => signal.removeEventListener('abort', close));
    }
  }
}
Object.setPrototypeOf(Interface.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Interface, EventEmitter);

function receive(rl, chunk) {
  let text = typeof chunk === 'string' ? chunk : rl._decoder.write(chunk);
  if (text === '') return;
  if (rl._returned && text[0] === '\n' && Date.now() - rl._returned <= rl.crlfDelay) text = text.slice(1);
  rl._returned = 0;
  const lines = (rl._partial + text).split(ending);
  // What follows the last end is not a line yet.
  rl._partial = lines.pop();
  if (text[text.length - 1] === '\r') rl._returned = Date.now();
  for (const line of lines) deliver(rl, line);
}

function deliver(rl, line) {
  if (rl._answer !== null) {
    const answer = rl._answer;
    rl._answer = null;
    rl._prompt = rl._before;
    answer(line);
    return;
  }
  rl.emit('line', line);
}

Interface.prototype.getPrompt = function () {
  return this._prompt;
};

Interface.prototype.setPrompt = function (prompt) {
  this._prompt = prompt;
};

Interface.prototype.prompt = function (preserveCursor) {
  if (this.paused) this.resume();
  if (!preserveCursor) this.cursor = 0;
  put(this, this._prompt);
};

function put(rl, text) {
  if (rl.output !== null && rl.output !== undefined) rl.output.write(text);
}

function ask(rl, query, callback) {
  if (rl.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
  if (rl._answer !== null) {
    rl.prompt();
    return;
  }
  rl._before = rl._prompt;
  rl._prompt = `${query}`;
  rl._answer = callback;
  rl.prompt();
}

// retract forgets the question of callback.
function retract(rl, callback) {
  if (rl._answer !== callback) return;
  rl._answer = null;
  rl._prompt = rl._before;
}

Interface.prototype.question = function (query, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
  if (options !== null && typeof options === 'object' && options.signal) {
    const { signal } = options;
    validateAbortSignal(signal, 'options.signal');
    if (signal.aborted) return;
    const stop = () => retract(this, callback);
    signal.addEventListener('abort', stop, { once: true });
    const original = callback;
    if (typeof original === 'function') {
      callback = (answer) => {
        signal.removeEventListener('abort', stop);
        original(answer);
      };
    }
  }
  if (typeof callback === 'function') ask(this, query, callback);
};

// answer is a question for a promise.
function answer(rl, query, { signal } = {}) {
  return new Promise((resolve, reject) => {
    let stop;
    const done = (line) => {
      if (signal) signal.removeEventListener('abort', stop);
      resolve(line);
    };
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) {
        reject(new AbortError(undefined, { cause: signal.reason }));
        return;
      }
      stop = () => {
        retract(rl, done);
        reject(new AbortError(undefined, { cause: signal.reason }));
      };
      signal.addEventListener('abort', stop, { once: true });
    }
    ask(rl, query, done);
  });
}
exports[Symbol.for('duplex.readline.answer')] = answer;

Object.defineProperty(Interface.prototype.question, Symbol.for('nodejs.util.promisify.custom'), {
  value(query, options) {
    return answer(this, query, options);
  },
});

Interface.prototype.pause = function () {
  if (this.paused) return this;
  this.input.pause();
  this.paused = true;
  this.emit('pause');
  return this;
};

Interface.prototype.resume = function () {
  if (!this.paused) return this;
  this.input.resume();
  this.paused = false;
  this.emit('resume');
  return this;
};

Interface.prototype.close = function () {
  if (this.closed) return;
  this.pause();
  if (this.input) {
    for (const name of ['data', 'end']) this.input.removeListener(name, this._listeners[name]);
    this.input.removeListener('error', this._listeners.error);
  }
  this.closed = true;
  this.emit('close');
};
if (Symbol.dispose) Interface.prototype[Symbol.dispose] = Interface.prototype.close;

Interface.prototype.write = function (data, key) {
  if (this.paused) this.resume();
  if (key === undefined && data !== undefined && data !== null) receive(this, `${data}`);
};

Interface.prototype.getCursorPos = function () {
  return { rows: 0, cols: this._prompt.length + this.cursor };
};

// Lines wait here for whoever iterates; the input pauses when there are many.
Interface.prototype[Symbol.asyncIterator] = function () {
  if (this._iterator === undefined) this._iterator = EventEmitter.on(this, 'line', { close: ['close'], highWaterMark: 1024 });
  const events = this._iterator;
  const iterator = {
    next: () => events.next().then((step) => (step.done ? step : { value: step.value[0], done: false })),
    return: (value) => {
      this.close();
      return Promise.resolve({ value, done: true });
    },
    throw: (error) => {
      this.close();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return iterator;
};

exports.Interface = Interface;

exports.createInterface = function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
};

const ESC = '\x1b[';

function send(stream, text, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || text === '') {
    if (typeof callback === 'function') process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

exports.clearLine = function clearLine(stream, dir, callback) {
  return send(stream, dir < 0 ? `${ESC}1K` : dir > 0 ? `${ESC}0K` : `${ESC}2K`, callback);
};

exports.clearScreenDown = function clearScreenDown(stream, callback) {
  return send(stream, `${ESC}0J`, callback);
};

exports.cursorTo = function cursorTo(stream, x, y, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  if (Number.isNaN(x)) throw new codes.ERR_INVALID_ARG_VALUE('x', x);
  if (Number.isNaN(y)) throw new codes.ERR_INVALID_ARG_VALUE('y', y);
  if (stream === null || stream === undefined || (typeof x !== 'number' && typeof y !== 'number')) return send(null, '', callback);
  if (typeof x !== 'number') throw new codes.ERR_INVALID_CURSOR_POS();
  return send(stream, typeof y !== 'number' ? `${ESC}${x + 1}G` : `${ESC}${y + 1};${x + 1}H`, callback);
};

exports.moveCursor = function moveCursor(stream, dx, dy, callback) {
  let text = '';
  if (dx < 0) text += `${ESC}${-dx}D`;
  else if (dx > 0) text += `${ESC}${dx}C`;
  if (dy < 0) text += `${ESC}${-dy}A`;
  else if (dy > 0) text += `${ESC}${dy}B`;
  return send(stream, text, callback);
};

// key describes what was pressed for a character.
function key(c) {
  const names = { '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace', '\x1b': 'escape', ' ': 'space' };
  const code = c.charCodeAt(0);
  const ctrl = !(c in names) && code > 0 && code < 27;
  const name = names[c] || (ctrl ? String.fromCharCode(code + 96) : /^[a-z0-9]$/i.test(c) ? c.toLowerCase() : undefined);
  return { sequence: c, name, ctrl, meta: false, shift: /^[A-Z]$/.test(c) };
}

exports.emitKeypressEvents = function emitKeypressEvents(stream) {
  if (stream._keypresses) return;
  stream._keypresses = true;
  const decoder = new StringDecoder('utf8');
  stream.on('data', (chunk) => {
    if (stream.listenerCount('keypress') === 0) return;
    for (const c of decoder.write(chunk)) stream.emit('keypress', c, key(c));
  });
};

Object.defineProperty(exports, 'promises', { configurable: true, enumerable: true, get: () => require('readline/promises') });
