// Copyright 2026 The duplex authors. MIT license.

// A line that a terminal shows while it is edited: what each key does to it.

'use strict';

const { width, withoutSequences } = require('internal/inspect_text');
const { cursorTo, moveCursor, clearScreenDown } = require('internal/readline/screen');
const { sizeAt, sizeBefore } = require('internal/readline/keys');

const mostUndone = 2048;
const mostKilled = 32;
const ending = /\r?\n|\r(?!\n)/g;

exports.ending = ending;

const kSearch = Symbol('kSubstringSearch');
const kUndo = Symbol('_undoStack');
const kRedo = Symbol('_redoStack');
const kKilled = Symbol('_killRing');
const kKilledAt = Symbol('_killRingCursor');
const kYanking = Symbol('_yanking');

// begin gives rl what editing needs to know.
exports.begin = function (rl) {
  rl[kSearch] = null;
  rl[kUndo] = [];
  rl[kRedo] = [];
  rl[kKilled] = [];
  rl[kKilledAt] = 0;
};

// The word before the cursor is found in the text reversed.
const backwards = (text) => Array.from(text).reverse().join('');
const wordLeft = (text) => /^\s*(?:[^\w\s]+|\w+)?/.exec(backwards(text))[0].length;

// show replaces the line. What it was can be had back.
function change(rl, line, cursor) {
  remember(rl);
  show(rl, line, cursor);
}

function show(rl, line, cursor) {
  rl.line = line;
  rl.cursor = cursor;
  rl._refreshLine();
}

function remember(rl) {
  if (rl[kUndo].push({ text: rl.line, cursor: rl.cursor }) > mostUndone) rl[kUndo].shift();
}

// back goes from one state of the line to the last of from, and keeps it in to.
function back(rl, from, to) {
  const last = from.pop();
  if (last === undefined) return;
  to.push({ text: rl.line, cursor: rl.cursor });
  show(rl, last.text, last.cursor);
}

function kill(rl, text) {
  if (!text || text === rl[kKilled][0]) return;
  rl[kKilled].unshift(text);
  rl[kKilledAt] = 0;
  if (rl[kKilled].length > mostKilled) rl[kKilled].length = mostKilled;
}

function yank(rl) {
  if (rl[kKilled].length === 0) return;
  rl[kYanking] = true;
  rl._insertString(rl[kKilled][rl[kKilledAt]]);
}

// yankPop replaces what was yanked by what was killed before it.
function yankPop(rl) {
  const killed = rl[kKilled];
  if (!rl[kYanking] || killed.length < 2) return;
  const last = killed[rl[kKilledAt]];
  rl[kKilledAt] = (rl[kKilledAt] + 1) % killed.length;
  const text = rl.line.slice(0, rl.cursor - last.length) + killed[rl[kKilledAt]];
  show(rl, text + rl.line.slice(rl.cursor), text.length);
}

// search goes to the next line of the history that begins as the line did.
function search(rl, step) {
  const { history } = rl;
  const start = rl[kSearch] || '';
  remember(rl);
  let at = rl.historyIndex + step;
  while (at >= 0 && at < history.length && (!history[at].startsWith(start) || rl.line === history[at])) at += step;
  rl.historyIndex = at;
  const line = at < 0 || at === history.length ? start : history[at];
  show(rl, line, line.length);
}

// Methods of an Interface, which its underscored names are. They are a script's to
// replace, so they call each other by these.
exports.methods = {
  _refreshLine() {
    const line = rlText(this);
    const end = this._getDisplayPos(line);
    const cursor = this.getCursorPos();
    const before = this.prevRows || 0;
    if (before > 0) moveCursor(this.output, 0, -before);
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    this._writeToOutput(line);
    if (end.cols === 0) this._writeToOutput(' '); // a terminal goes to the next row only then
    cursorTo(this.output, cursor.cols);
    if (end.rows > cursor.rows) moveCursor(this.output, 0, cursor.rows - end.rows);
    this.prevRows = cursor.rows;
  },

  _insertString(text) {
    remember(this);
    if (!this.isCompletionEnabled) { // in the middle of what is pasted: it goes to the end, as in Node
      this.line += text;
      this.cursor += text.length;
      this._writeToOutput(text);
      return;
    }
    if (this.cursor < this.line.length) {
      show(this, this.line.slice(0, this.cursor) + text + this.line.slice(this.cursor), this.cursor + text.length);
      return;
    }
    const before = this.getCursorPos();
    this.line += text;
    this.cursor += text.length;
    if (before.rows < this.getCursorPos().rows) this._refreshLine();
    else this._writeToOutput(text);
  },

  _wordLeft() {
    if (this.cursor > 0) this._moveCursor(-wordLeft(this.line.slice(0, this.cursor)));
  },

  _wordRight() {
    if (this.cursor < this.line.length) this._moveCursor(/^(?:\s+|[^\w\s]+|\w+)\s*/.exec(this.line.slice(this.cursor))[0].length);
  },

  _deleteLeft() {
    if (this.cursor === 0 || this.line.length === 0) return;
    const cursor = this.cursor - sizeBefore(this.line, this.cursor);
    change(this, this.line.slice(0, cursor) + this.line.slice(this.cursor), cursor);
  },

  _deleteRight() {
    if (this.cursor >= this.line.length) return;
    const size = sizeAt(this.line, this.cursor);
    change(this, this.line.slice(0, this.cursor) + this.line.slice(this.cursor + size), this.cursor);
  },

  _deleteWordLeft() {
    if (this.cursor === 0) return;
    const cursor = this.cursor - wordLeft(this.line.slice(0, this.cursor));
    change(this, this.line.slice(0, cursor) + this.line.slice(this.cursor), cursor);
  },

  _deleteWordRight() {
    if (this.cursor >= this.line.length) return;
    const rest = this.line.slice(this.cursor);
    change(this, this.line.slice(0, this.cursor) + rest.slice(/^(?:\s+|\W+|\w+)\s*/.exec(rest)[0].length), this.cursor);
  },

  _deleteLineLeft() {
    remember(this);
    const killed = this.line.slice(0, this.cursor);
    this.line = this.line.slice(this.cursor);
    this.cursor = 0;
    kill(this, killed);
    this._refreshLine();
  },

  _deleteLineRight() {
    remember(this);
    const killed = this.line.slice(this.cursor);
    this.line = this.line.slice(0, this.cursor);
    kill(this, killed);
    this._refreshLine();
  },

  _addHistory() {
    const { line, history } = this;
    if (line.length === 0) return '';
    if (!history || this.historySize === 0 || line.trim().length === 0) return line;
    if (history[0] !== line) {
      if (this.removeHistoryDuplicates) {
        const at = history.indexOf(line);
        if (at !== -1) history.splice(at, 1);
      }
      history.unshift(line);
      if (history.length > this.historySize) history.pop();
    }
    this.historyIndex = -1;
    const first = history[0];
    this.emit('history', history);
    return first;
  },

  // _line is what Enter does.
  _line() {
    const line = this._addHistory();
    this[kUndo] = [];
    this[kRedo] = [];
    this.clearLine();
    this._onLine(line);
  },

  _historyNext() {
    if (this.historyIndex >= 0) search(this, -1);
  },

  _historyPrev() {
    if (this.history.length > 0 && this.historyIndex < this.history.length) search(this, 1);
  },

  // _getDisplayPos returns where on the screen a text ends that begins in its corner.
  _getDisplayPos(text) {
    const { columns } = this;
    let rows = 0;
    let offset = 0;
    for (const c of withoutSequences(text)) {
      if (c === '\n') {
        rows += Math.ceil(offset / columns) || 1;
        offset = 0;
      } else if (c === '\t') {
        offset += this.tabSize - (offset % this.tabSize);
      } else {
        const wide = width(c) === 2;
        if (wide && (offset + 1) % columns === 0) offset++; // a row has no room for a half
        offset += wide ? 2 : width(c);
      }
    }
    const cols = offset % columns;
    return { cols, rows: rows + (offset - cols) / columns };
  },

  _moveCursor(dx) {
    if (dx === 0) return;
    const before = this.getCursorPos();
    this.cursor = Math.min(Math.max(this.cursor + dx, 0), this.line.length);
    const now = this.getCursorPos();
    if (before.rows === now.rows) moveCursor(this.output, now.cols - before.cols, 0);
    else this._refreshLine();
  },

  _tabCompleter: tabCompleter,

  // _ttyWrite does what a key says; s is its text.
  _ttyWrite(s, key) {
    const previous = this._previousKey;
    key ??= {};
    this._previousKey = key;
    if (!key.meta || key.name !== 'y') this[kYanking] = false;
    if ((key.name === 'up' || key.name === 'down') && !key.ctrl && !key.meta && !key.shift) {
      this[kSearch] ??= this.line.slice(0, this.cursor);
    } else if (this[kSearch] !== null) {
      this[kSearch] = null;
      if (this.history.length === this.historyIndex) this.historyIndex = -1;
    }
    if (key.sequence === '\x1f') back(this, this[kUndo], this[kRedo]);
    else if (key.sequence === '\x1e') back(this, this[kRedo], this[kUndo]);
    else if (key.name === 'escape') return;
    else if (key.ctrl && key.shift) withBoth[key.name]?.(this);
    else if (key.ctrl) withCtrl[key.name]?.(this);
    else if (key.meta) withMeta[key.name]?.(this);
    else plain(this, s, key, previous);
  },
};

function rlText(rl) {
  return rl._prompt + rl.line;
}

const left = (rl) => rl._moveCursor(-sizeBefore(rl.line, rl.cursor));
const right = (rl) => rl._moveCursor(sizeAt(rl.line, rl.cursor));
const home = (rl) => rl._moveCursor(-Infinity);
const end = (rl) => rl._moveCursor(Infinity);

const withBoth = { __proto__: null, backspace: (rl) => rl._deleteLineLeft(), delete: (rl) => rl._deleteLineRight() };

const withMeta = {
  __proto__: null,
  b: (rl) => rl._wordLeft(),
  f: (rl) => rl._wordRight(),
  d: (rl) => rl._deleteWordRight(),
  delete: (rl) => rl._deleteWordRight(),
  backspace: (rl) => rl._deleteWordLeft(),
  y: yankPop,
};

const withCtrl = {
  __proto__: null,
  c(rl) {
    if (rl.listenerCount('SIGINT') > 0) rl.emit('SIGINT');
    else rl.close();
  },
  h: (rl) => rl._deleteLeft(),
  d(rl) {
    if (rl.cursor === 0 && rl.line.length === 0) rl.close();
    else if (rl.cursor < rl.line.length) rl._deleteRight();
  },
  u: (rl) => rl._deleteLineLeft(),
  k: (rl) => rl._deleteLineRight(),
  a: home,
  e: end,
  b: left,
  f: right,
  l(rl) {
    cursorTo(rl.output, 0, 0);
    clearScreenDown(rl.output);
    rl._refreshLine();
  },
  n: (rl) => rl._historyNext(),
  p: (rl) => rl._historyPrev(),
  z: suspend,
  w: (rl) => rl._deleteWordLeft(),
  backspace: (rl) => rl._deleteWordLeft(),
  delete: (rl) => rl._deleteWordRight(),
  left: (rl) => rl._wordLeft(),
  right: (rl) => rl._wordRight(),
  y: yank,
};

// suspend stops the process until somebody continues it.
function suspend(rl) {
  if (process.platform === 'win32') return;
  if (rl.listenerCount('SIGTSTP') > 0) {
    rl.emit('SIGTSTP');
    return;
  }
  process.once('SIGCONT', () => {
    // A listener may be reading again already.
    if (!rl.paused) {
      rl.pause();
      rl.emit('SIGCONT');
    }
    rl._setRawMode(true);
    rl._refreshLine();
  });
  rl._setRawMode(false);
  process.kill(process.pid, 'SIGTSTP');
}

const moves = {
  __proto__: null,
  backspace: (rl) => rl._deleteLeft(),
  delete: (rl) => rl._deleteRight(),
  left,
  right,
  home,
  end,
  up: (rl) => rl._historyPrev(),
  down: (rl) => rl._historyNext(),
};

function plain(rl, s, key, previous) {
  if (rl._sawReturnAt && key.name !== 'enter') rl._sawReturnAt = 0;
  if (key.name === 'return') {
    rl._sawReturnAt = Date.now();
    rl._line();
  } else if (key.name === 'enter') {
    if (rl._sawReturnAt === 0 || Date.now() - rl._sawReturnAt > rl.crlfDelay) rl._line();
    rl._sawReturnAt = 0;
  } else if (moves[key.name]) {
    moves[key.name](rl);
  } else if (key.name === 'tab' && typeof rl.completer === 'function' && rl.isCompletionEnabled) {
    rl._tabComplete(previous && previous.name === 'tab');
  } else if (typeof s === 'string' && s) {
    insert(rl, s);
  }
}

// insert types a text, in which there may be ends of lines.
function insert(rl, text) {
  const lines = text.split(ending);
  lines.forEach((line, i) => {
    if (i > 0) rl._line();
    if (i < lines.length - 1 || line !== '' || i === 0) rl._insertString(line);
  });
}

// _ttyWriteDumb is _ttyWrite of a terminal that can only print.
exports.typeDumb = function (rl, s, key = {}) {
  if (key.name === 'escape') return;
  if (rl._sawReturnAt && key.name !== 'enter') rl._sawReturnAt = 0;
  if (key.ctrl && key.name === 'c') {
    withCtrl.c(rl);
  } else if (key.ctrl && key.name === 'd') {
    rl.close();
  } else if (key.name === 'return') {
    rl._sawReturnAt = Date.now();
    rl._line();
  } else if (key.name === 'enter') {
    if (rl._sawReturnAt === 0 || Date.now() - rl._sawReturnAt > rl.crlfDelay) rl._line();
    rl._sawReturnAt = 0;
  } else if (typeof s === 'string' && s) {
    rl.line += s;
    rl.cursor += s.length;
    rl._writeToOutput(s);
  }
};

// common returns how all of some words begin.
function common(words) {
  if (words.length === 0) return '';
  const sorted = words.slice().sort();
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  let n = 0;
  while (n < first.length && first[n] === last[n]) n++;
  return first.slice(0, n);
}

// tabCompleter inserts what all completions have in common, or lists them.
function tabCompleter(again, { 0: completions, 1: word }) {
  if (!completions || completions.length === 0) return;
  const start = common(completions.filter((one) => one !== ''));
  if (start.startsWith(word) && start.length > word.length) {
    this._insertString(start.slice(word.length));
  } else if (!word.startsWith(start)) {
    const head = this.line.slice(0, this.cursor - word.length) + start;
    show(this, head + this.line.slice(this.cursor), head.length);
  } else if (again) {
    remember(this);
    list(this, completions);
    this._refreshLine();
  }
}

// list prints completions in columns. An empty one ends a group.
function list(rl, completions) {
  const widths = completions.map((one) => width(one));
  const wide = Math.max(...widths) + 2;
  let columns = Math.floor(rl.columns / wide) || 1;
  if (columns === Infinity) columns = 1;
  let text = '\r\n';
  let at = 0;
  let gap = 0;
  completions.forEach((one, i) => {
    if (one === '' || at === columns) {
      text += '\r\n';
      at = 0;
      gap = 0;
    } else {
      text += ' '.repeat(gap);
    }
    if (one === '') {
      text += '\r\n';
    } else {
      text += one;
      gap = wide - widths[i];
      at++;
    }
  });
  if (at !== 0) text += '\r\n\r\n';
  rl._writeToOutput(text);
}
