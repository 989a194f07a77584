// Copyright 2026 The duplex authors. MIT license.

// Lines of a stream, and questions. What a terminal does besides is in editor.js.

'use strict';

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { codes, define, AbortError } = require('internal/errors');
const { validateAbortSignal, validateArray, validateNumber, validateString, validateUint32 } = require('internal/validators');
const { addAbortListener, kFirst, on } = require('internal/waiting');
const editor = require('internal/readline/editor');
const { emitKeypressEvents } = require('internal/readline/keys');

if (!codes.ERR_USE_AFTER_CLOSE) define('ERR_USE_AFTER_CLOSE', Error, (name) => `${name} was closed`);

const kSawReturnAt = Symbol('_sawReturnAt');
const kSawKeyPress = Symbol('_sawKeyPress');
const kPreviousKey = Symbol('_previousKey');
const kPrompt = Symbol('_prompt');
const kOldPrompt = Symbol('_oldPrompt');
const kAnswer = Symbol('_questionCallback');
const kLines = Symbol('line object stream');
const kDecoder = Symbol('_decoder');
const kRest = Symbol('_line_buffer');

const shortestDelay = 100; // milliseconds between \r and \n that are one end

function Interface(input, output, completer, terminal) {
  this[kSawReturnAt] = 0;
  this.isCompletionEnabled = true;
  this[kSawKeyPress] = false;
  this[kPreviousKey] = null;
  this.escapeCodeTimeout = 500;
  this.tabSize = 8;
  EventEmitter.call(this);

  let options = {};
  if (input?.input) {
    options = input;
    ({ input, output, completer, terminal } = options);
    const { tabSize, escapeCodeTimeout, signal } = options;
    if (signal) validateAbortSignal(signal, 'options.signal');
    if (tabSize !== undefined) {
      validateUint32(tabSize, 'tabSize', true);
      this.tabSize = tabSize;
    }
    if (escapeCodeTimeout !== undefined) {
      if (!Number.isFinite(escapeCodeTimeout)) throw new codes.ERR_INVALID_ARG_VALUE('input.escapeCodeTimeout', this.escapeCodeTimeout);
      this.escapeCodeTimeout = escapeCodeTimeout;
    }
  }
  if (completer !== undefined && typeof completer !== 'function') throw new codes.ERR_INVALID_ARG_VALUE('completer', completer);
  const { history = [], historySize = 30, crlfDelay, prompt = '> ', removeHistoryDuplicates = false, signal } = options;
  validateArray(history, 'history');
  validateNumber(historySize, 'historySize', 0);
  if (terminal === undefined && output !== null && output !== undefined) terminal = output.isTTY;

  this.line = '';
  this.output = output;
  this.input = input;
  editor.begin(this);
  this.history = history;
  this.historySize = historySize;
  this.removeHistoryDuplicates = !!removeHistoryDuplicates;
  this.crlfDelay = crlfDelay ? Math.max(shortestDelay, crlfDelay) : shortestDelay;
  this.completer = completer;
  this.setPrompt(prompt);
  this.terminal = !!terminal;
  this[kLines] = undefined;
  input.on('error', onerror);

  const rl = this;
  function onerror(error) {
    rl.emit('error', error);
  }

  if (this.terminal) listenToKeys(this, onerror);
  else listenToText(this, onerror);
  if (signal) {
    const close = () => this.close();
    if (signal.aborted) {
      process.nextTick(close);
    } else {
      const listening = addAbortListener(signal, close);
      this.once('close', listening[Symbol.dispose]);
    }
  }
  this.line = '';
  input.resume();
}
Object.setPrototypeOf(Interface.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Interface, EventEmitter);
exports.Interface = Interface;

function listenToText(rl, onerror) {
  const { input } = rl;
  function ondata(data) {
    rl._normalWrite(data);
  }
  function onend() {
    if (typeof rl[kRest] === 'string' && rl[kRest].length > 0) rl.emit('line', rl[kRest]);
    rl.close();
  }
  function onSelfCloseWithoutTerminal() {
    input.removeListener('data', ondata);
    input.removeListener('error', onerror);
    input.removeListener('end', onend);
  }
  input.on('data', ondata);
  input.on('end', onend);
  rl.once('close', onSelfCloseWithoutTerminal);
  rl[kDecoder] = new StringDecoder('utf8');
}

function listenToKeys(rl, onerror) {
  const { input, output } = rl;
  function onkeypress(s, key) {
    rl._ttyWrite(s, key);
    if (!key?.sequence) return;
    const code = key.sequence.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) rl._refreshLine(); // half of a character
  }
  function ontermend() {
    if (typeof rl.line === 'string' && rl.line.length > 0) rl.emit('line', rl.line);
    rl.close();
  }
  function onresize() {
    rl._refreshLine();
  }
  const shown = output !== null && output !== undefined;
  function onSelfCloseWithTerminal() {
    input.removeListener('keypress', onkeypress);
    input.removeListener('error', onerror);
    input.removeListener('end', ontermend);
    if (shown) output.removeListener('resize', onresize);
  }
  emitKeypressEvents(input, rl);
  input.on('keypress', onkeypress);
  input.on('end', ontermend);
  rl._setRawMode(true);
  rl.cursor = 0;
  rl.historyIndex = -1;
  if (shown) output.on('resize', onresize);
  rl.once('close', onSelfCloseWithTerminal);
}

function method(name, value) {
  Object.defineProperty(Interface.prototype, name, { value, writable: true, enumerable: false, configurable: true });
}

Object.defineProperty(Interface.prototype, 'columns', {
  configurable: true,
  get() {
    return this.output?.columns || Infinity;
  },
});

for (const [name, symbol] of Object.entries({
  _decoder: kDecoder, _line_buffer: kRest, _oldPrompt: kOldPrompt, _previousKey: kPreviousKey, _prompt: kPrompt,
  _questionCallback: kAnswer, _sawKeyPress: kSawKeyPress, _sawReturnAt: kSawReturnAt,
})) {
  Object.defineProperty(Interface.prototype, name, {
    configurable: true,
    get() { return this[symbol]; },
    set(value) { this[symbol] = value; },
  });
}

method('setPrompt', function setPrompt(prompt) {
  this[kPrompt] = prompt;
});

method('getPrompt', function getPrompt() {
  return this[kPrompt];
});

method('prompt', function prompt(preserveCursor) {
  if (this.paused) this.resume();
  if (this.terminal && process.env.TERM !== 'dumb') {
    if (!preserveCursor) this.cursor = 0;
    this._refreshLine();
  } else {
    this._writeToOutput(this[kPrompt]);
  }
});

method('close', function close() {
  if (this.closed) return;
  this.pause();
  if (this.terminal) this._setRawMode(false);
  this.closed = true;
  this.emit('close');
});

method('pause', function pause() {
  if (this.paused) return undefined;
  this.input.pause();
  this.paused = true;
  this.emit('pause');
  return this;
});

method('resume', function resume() {
  if (!this.paused) return undefined;
  this.input.resume();
  this.paused = false;
  this.emit('resume');
  return this;
});

method('write', function write(data, key) {
  if (this.paused) this.resume();
  if (this.terminal) this._ttyWrite(data, key);
  else this._normalWrite(data);
});

method('clearLine', function clearLine() {
  this._moveCursor(Infinity);
  this._writeToOutput('\r\n');
  this.line = '';
  this.cursor = 0;
  this.prevRows = 0;
});

method('getCursorPos', function getCursorPos() {
  return this._getDisplayPos(this[kPrompt] + this.line.slice(0, this.cursor));
});

// Lines wait here for whoever iterates; the input pauses when there are many.
method(Symbol.asyncIterator, function () {
  this[kLines] ??= on(this, 'line', { close: ['close'], highWaterMark: 1024, [kFirst]: true });
  return this[kLines];
});

for (const [name, value] of Object.entries(editor.methods)) method(name, value);
method('_getCursorPos', Interface.prototype.getCursorPos);

method('_setRawMode', function (mode) {
  const before = this.input.isRaw;
  if (typeof this.input.setRawMode === 'function') this.input.setRawMode(mode);
  return before;
});

method('_onLine', function (line) {
  const answer = this[kAnswer];
  if (!answer) {
    this.emit('line', line);
    return;
  }
  this[kAnswer] = null;
  this.setPrompt(this[kOldPrompt]);
  answer(line);
});

method('_writeToOutput', function (text) {
  validateString(text, 'stringToWrite');
  if (this.output !== null && this.output !== undefined) this.output.write(text);
});

// _normalWrite takes text of which nobody but the sender sees where it ends.
method('_normalWrite', function (data) {
  if (data === undefined) return;
  let text = this[kDecoder].write(data);
  if (this[kSawReturnAt] && Date.now() - this[kSawReturnAt] <= this.crlfDelay) {
    if (text[0] === '\n') text = text.slice(1);
    this[kSawReturnAt] = 0;
  }
  const lines = text.split(editor.ending);
  if (lines.length === 1) {
    if (text) this[kRest] = this[kRest] ? this[kRest] + text : text;
    return;
  }
  if (this[kRest]) lines[0] = this[kRest] + lines[0];
  this[kSawReturnAt] = text.endsWith('\r') ? Date.now() : 0;
  this[kRest] = lines.pop(); // what follows the last end is not a line yet
  for (const line of lines) this._onLine(line);
});

// ask asks a question; retract forgets it.
exports.ask = function (rl, query, callback) {
  if (rl.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
  if (rl[kAnswer]) {
    rl.prompt();
    return;
  }
  rl[kOldPrompt] = rl[kPrompt];
  rl.setPrompt(query);
  rl[kAnswer] = callback;
  rl.prompt();
};

function retract(rl) {
  if (!rl[kAnswer]) return;
  rl[kAnswer] = null;
  rl.setPrompt(rl[kOldPrompt]);
  rl.clearLine();
}

// whileOpen has a question forgotten when signal says so, and returns what ends that.
exports.whileOpen = function (rl, signal, aborted) {
  const listening = addAbortListener(signal, () => {
    retract(rl);
    aborted?.();
  });
  return listening[Symbol.dispose];
};

// answer is a question for a promise.
exports.answer = function (rl, query, options) {
  return new Promise((resolve, reject) => {
    let done = resolve;
    const signal = options?.signal;
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      const fail = () => reject(new AbortError(undefined, { cause: signal.reason }));
      if (signal.aborted) {
        fail();
        return;
      }
      const forget = exports.whileOpen(rl, signal, fail);
      done = (line) => {
        forget();
        resolve(line);
      };
    }
    exports.ask(rl, query, done);
  });
};
